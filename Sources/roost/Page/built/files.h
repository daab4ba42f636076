// Written by scripts/bundle-page, whose table SITE lists the files: change that.
static const unsigned char file_0[] = {
#embed "index.html"
};
static const unsigned char file_1[] = {
#embed "page.js"
};
static const unsigned char file_2[] = {
#embed "page.css"
};
static const unsigned char file_3[] = {
#embed "../favicon.svg"
};
static const unsigned char file_4[] = {
#embed "roost.js"
};

static const struct page_file files[] = {
    {"/", "text/html; charset=utf-8", file_0, sizeof file_0, 0, 0},
    {"/page-d7d191ac58670a4f.js", "text/javascript; charset=utf-8", file_1, sizeof file_1, 1, 0},
    {"/page-8be6b170a55c1bba.css", "text/css; charset=utf-8", file_2, sizeof file_2, 1, 0},
    {"/favicon-176b8ad70ab1e64e.svg", "image/svg+xml", file_3, sizeof file_3, 1, 0},
    {"/roost.js", "text/javascript; charset=utf-8", file_4, sizeof file_4, 0, 1},
};

static const char script_src[] =
    "'sha256-UtMPtqKHWozul2JggD5hQOzTCe4r9aFpvBhd7jB23LM='";
static const char style_src[] =
    "'sha256-BYHvAk65F3i6YTBIU4ib+FpiBeUIDXHZng9KXwzqOrI='";
