// Written by scripts/bundle-page, whose table SITE lists the files: change that.
static const unsigned char file_0[] = {
#embed "index.html"
};
static const unsigned char file_1[] = {
#embed "page.js"
};
static const unsigned char file_2[] = {
#embed "later.js"
};
static const unsigned char file_3[] = {
#embed "page.css"
};
static const unsigned char file_4[] = {
#embed "../favicon.svg"
};
static const unsigned char file_5[] = {
#embed "roost.js"
};
static const unsigned char file_6[] = {
#embed "../words-de.json"
};
static const unsigned char file_7[] = {
#embed "../words-ar.json"
};

static const struct page_file files[] = {
    {"/", "text/html; charset=utf-8", file_0, sizeof file_0, 0, 0},
    {"/page-c3e15eb18ff54200.js", "text/javascript; charset=utf-8", file_1, sizeof file_1, 1, 0},
    {"/later-7533288f6da2882b.js", "text/javascript; charset=utf-8", file_2, sizeof file_2, 1, 0},
    {"/page-df5249465f3e91e5.css", "text/css; charset=utf-8", file_3, sizeof file_3, 1, 0},
    {"/favicon-176b8ad70ab1e64e.svg", "image/svg+xml", file_4, sizeof file_4, 1, 0},
    {"/roost.js", "text/javascript; charset=utf-8", file_5, sizeof file_5, 0, 1},
    {"/words-de-cf44e0b3a00ff186.json", "application/json", file_6, sizeof file_6, 1, 0},
    {"/words-ar-8d8f3a8129d9c0bd.json", "application/json", file_7, sizeof file_7, 1, 0},
};

static const char script_src[] =
    "'sha256-+vqJrtAHrEQwr2CYlSFRBsWq22MM4kEU4g5NAbGweto='";
static const char style_src[] =
    "'sha256-BYHvAk65F3i6YTBIU4ib+FpiBeUIDXHZng9KXwzqOrI='";
