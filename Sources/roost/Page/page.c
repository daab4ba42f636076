// The chat page inside the binary: the files that scripts/bundle-page has made of the sources in
// this folder, whose table SITE lists what a browser may load.
#include "CPage.h"

#include "built/files.h"

const struct page_file *page_files(void) { return files; }

const size_t page_file_count = sizeof files / sizeof files[0];

const char *page_script_hashes(void) { return script_src; }

const char *page_style_hashes(void) { return style_src; }
