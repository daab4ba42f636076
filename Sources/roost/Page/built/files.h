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
#embed "words-de.json"
};
static const unsigned char file_7[] = {
#embed "words-ar.json"
};
static const unsigned char file_8[] = {
#embed "../icon-192.png"
};
static const unsigned char file_9[] = {
#embed "../icon-512.png"
};
static const unsigned char file_10[] = {
#embed "../icon-maskable.png"
};
static const unsigned char file_11[] = {
#embed "manifest.webmanifest"
};
static const unsigned char file_12[] = {
#embed "service-worker.js"
};

static const struct page_file files[] = {
    {"/", "text/html; charset=utf-8", file_0, sizeof file_0, 0, 0},
    {"/page-f4bc827899e8621e.js", "text/javascript; charset=utf-8", file_1, sizeof file_1, 1, 0},
    {"/later-68b3ecaf6c47ee31.js", "text/javascript; charset=utf-8", file_2, sizeof file_2, 1, 0},
    {"/page-a10a62d67b2f57c5.css", "text/css; charset=utf-8", file_3, sizeof file_3, 1, 0},
    {"/favicon-176b8ad70ab1e64e.svg", "image/svg+xml", file_4, sizeof file_4, 1, 0},
    {"/roost.js", "text/javascript; charset=utf-8", file_5, sizeof file_5, 0, 1},
    {"/words-de-191ad552387bb223.json", "application/json", file_6, sizeof file_6, 1, 0},
    {"/words-ar-de9d192805a18868.json", "application/json", file_7, sizeof file_7, 1, 0},
    {"/icon-192-e57a7ddef9d26d47.png", "image/png", file_8, sizeof file_8, 1, 0},
    {"/icon-512-4a326aa8a4d2072d.png", "image/png", file_9, sizeof file_9, 1, 0},
    {"/icon-maskable-628c5428bd6fbae7.png", "image/png", file_10, sizeof file_10, 1, 0},
    {"/manifest.webmanifest", "application/manifest+json", file_11, sizeof file_11, 0, 0},
    {"/service-worker.js", "text/javascript; charset=utf-8", file_12, sizeof file_12, 0, 0},
};

static const char script_src[] =
    "'sha256-DU4i2QJblFKjzuIgoBwHF4trbQOgTYYmYOa9yEyBCpE='";
static const char style_src[] =
    "'sha256-J+ZWOUW750F7ny8Oc9T8xFz6XbIryfqWyoOs6Nj8as4='";
