// The chat page inside the binary: every file of this folder that a browser loads, and its path on
// the server. Add a new file to both lists below; a test compares them with the page's imports.
#include "CPage.h"

#define TEXT(name) static const unsigned char name[]

TEXT(index_html) = {
#embed "index.html"
};
TEXT(conversation_css) = {
#embed "conversation.css"
};
TEXT(login_css) = {
#embed "login.css"
};
TEXT(messages_css) = {
#embed "messages.css"
};
TEXT(panels_css) = {
#embed "panels.css"
};
TEXT(style_css) = {
#embed "style.css"
};
TEXT(favicon_svg) = {
#embed "favicon.svg"
};
TEXT(app_js) = {
#embed "app.js"
};
TEXT(ask_js) = {
#embed "ask.js"
};
TEXT(drafts_js) = {
#embed "drafts.js"
};
TEXT(drawer_js) = {
#embed "drawer.js"
};
TEXT(login_js) = {
#embed "login.js"
};
TEXT(past_js) = {
#embed "past.js"
};
TEXT(people_js) = {
#embed "people.js"
};
TEXT(rows_js) = {
#embed "rows.js"
};
TEXT(chat_js) = {
#embed "chat.js"
};
TEXT(close_codes_js) = {
#embed "close-codes.js"
};
TEXT(commands_js) = {
#embed "commands.js"
};
TEXT(connection_js) = {
#embed "connection.js"
};
TEXT(dom_js) = {
#embed "dom.js"
};
TEXT(format_js) = {
#embed "format.js"
};
TEXT(history_js) = {
#embed "history.js"
};
TEXT(names_js) = {
#embed "names.js"
};
TEXT(outbox_js) = {
#embed "outbox.js"
};
TEXT(record_js) = {
#embed "record.js"
};
TEXT(room_js) = {
#embed "room.js"
};
TEXT(rooms_js) = {
#embed "rooms.js"
};
TEXT(storage_js) = {
#embed "storage.js"
};
TEXT(view_composer_js) = {
#embed "view-composer.js"
};
TEXT(view_login_js) = {
#embed "view-login.js"
};
TEXT(view_message_js) = {
#embed "view-message.js"
};
TEXT(view_messages_js) = {
#embed "view-messages.js"
};
TEXT(view_panels_js) = {
#embed "view-panels.js"
};
TEXT(view_status_js) = {
#embed "view-status.js"
};
TEXT(timeline_js) = {
#embed "timeline.js"
};
TEXT(view_js) = {
#embed "view.js"
};
TEXT(words_js) = {
#embed "words.js"
};

#define HTML(path, name) {path, "text/html; charset=utf-8", name, sizeof name}
#define CSS(path, name) {path, "text/css; charset=utf-8", name, sizeof name}
#define SVG(path, name) {path, "image/svg+xml", name, sizeof name}
#define MODULE(path, name) {path, "text/javascript; charset=utf-8", name, sizeof name}

static const struct page_file files[] = {
    HTML("/", index_html),
    CSS("/conversation.css", conversation_css),
    CSS("/login.css", login_css),
    CSS("/messages.css", messages_css),
    CSS("/panels.css", panels_css),
    CSS("/style.css", style_css),
    SVG("/favicon.svg", favicon_svg),
    MODULE("/app.js", app_js),
    MODULE("/ask.js", ask_js),
    MODULE("/drafts.js", drafts_js),
    MODULE("/drawer.js", drawer_js),
    MODULE("/login.js", login_js),
    MODULE("/past.js", past_js),
    MODULE("/people.js", people_js),
    MODULE("/rows.js", rows_js),
    MODULE("/chat.js", chat_js),
    MODULE("/close-codes.js", close_codes_js),
    MODULE("/commands.js", commands_js),
    MODULE("/connection.js", connection_js),
    MODULE("/dom.js", dom_js),
    MODULE("/format.js", format_js),
    MODULE("/history.js", history_js),
    MODULE("/names.js", names_js),
    MODULE("/outbox.js", outbox_js),
    MODULE("/record.js", record_js),
    MODULE("/room.js", room_js),
    MODULE("/rooms.js", rooms_js),
    MODULE("/storage.js", storage_js),
    MODULE("/view-composer.js", view_composer_js),
    MODULE("/view-login.js", view_login_js),
    MODULE("/view-message.js", view_message_js),
    MODULE("/view-messages.js", view_messages_js),
    MODULE("/view-panels.js", view_panels_js),
    MODULE("/view-status.js", view_status_js),
    MODULE("/timeline.js", timeline_js),
    MODULE("/view.js", view_js),
    MODULE("/words.js", words_js),
};

const struct page_file *page_files(void) { return files; }

const size_t page_file_count = sizeof files / sizeof files[0];
