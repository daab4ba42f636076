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
static const unsigned char file_5[] = {
#embed "../words-de.json"
};
static const unsigned char file_6[] = {
#embed "../words-ar.json"
};

static const struct page_file files[] = {
    {"/", "text/html; charset=utf-8", file_0, sizeof file_0, 0, 0},
    {"/page-f458390d75913cbb.js", "text/javascript; charset=utf-8", file_1, sizeof file_1, 1, 0},
    {"/page-51f539979b229e82.css", "text/css; charset=utf-8", file_2, sizeof file_2, 1, 0},
    {"/favicon-176b8ad70ab1e64e.svg", "image/svg+xml", file_3, sizeof file_3, 1, 0},
    {"/roost.js", "text/javascript; charset=utf-8", file_4, sizeof file_4, 0, 1},
    {"/words-de-0a4e0e5081fe16f2.json", "application/json", file_5, sizeof file_5, 1, 0},
    {"/words-ar-73e50bfac1a0283a.json", "application/json", file_6, sizeof file_6, 1, 0},
};

static const char script_src[] =
    "'sha256-+vqJrtAHrEQwr2CYlSFRBsWq22MM4kEU4g5NAbGweto='";
static const char style_src[] =
    "'sha256-BYHvAk65F3i6YTBIU4ib+FpiBeUIDXHZng9KXwzqOrI='";
