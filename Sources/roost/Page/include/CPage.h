#ifndef CPAGE_H
#define CPAGE_H

#include <stddef.h>

/// One file of the chat page, as it stands in the binary.
struct page_file {
    /// Where it is served: "/" or "/app.js".
    const char *_Nonnull path;
    /// Its Content-Type.
    const char *_Nonnull type;
    const unsigned char *_Nonnull bytes;
    /// How many bytes.
    size_t count;
};

/// The files, `page_file_count` of them; they live as long as the process.
/// A function, because Swift can't import an array of unknown length.
const struct page_file *_Nonnull page_files(void);

extern const size_t page_file_count;

#endif
