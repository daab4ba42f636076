#include "CPage.h"
static const unsigned char index_html[] = {
#embed "index.html"
};
const struct page_file page_files[] = {
    {"/", "text/html; charset=utf-8", index_html, sizeof index_html},
};
const size_t page_file_count = sizeof page_files / sizeof page_files[0];
