#ifndef CPAGE_H
#define CPAGE_H

#include <stddef.h>

/// One file of the chat page, as stored in the binary.
struct page_file {
    /// Its path on the server: "/" or "/app.js".
    const char *_Nonnull path;
    /// Its Content-Type.
    const char *_Nonnull type;
    const unsigned char *_Nonnull bytes;
    /// The number of bytes.
    size_t count;
};

/// The `page_file_count` files; they live as long as the process.
/// A function, because Swift can't import an array of unknown length.
const struct page_file *_Nonnull page_files(void);

extern const size_t page_file_count;

#endif
