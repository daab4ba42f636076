#ifndef CPAGE_H
#define CPAGE_H
#include <stddef.h>
/// One file of the chat page, as it stands in the binary.
struct page_file { const char *path; const char *type; const unsigned char *bytes; size_t count; };
extern const struct page_file page_files[];
extern const size_t page_file_count;
#endif
