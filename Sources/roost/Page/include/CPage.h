#ifndef CPAGE_H
#define CPAGE_H

#include <stddef.h>

/// One file of the chat page, as stored in the binary.
struct page_file {
    /// Its path on the server: "/", or "/page-0123456789abcdef.js".
    const char *_Nonnull path;
    /// Its Content-Type.
    const char *_Nonnull type;
    const unsigned char *_Nonnull bytes;
    /// The number of bytes.
    size_t count;
    /// Whether its path has a hash of its bytes: another version has another path.
    int is_hashed;
    /// Whether pages of other sites may load it, too.
    int is_shared;
};

/// The `page_file_count` files; they live as long as the process.
/// A function, because Swift can't import an array of unknown length.
const struct page_file *_Nonnull page_files(void);

extern const size_t page_file_count;

/// The scripts inside the document, as a Content-Security-Policy names them: 'sha256-…'.
const char *_Nonnull page_script_hashes(void);

/// The styles inside the document.
const char *_Nonnull page_style_hashes(void);

#endif
