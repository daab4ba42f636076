#!/usr/bin/env python3
"""Users of the chat page in a headless Chromium.

    browser_chat.py [--shots DIR] [--only NAME]… -- COMMAND that starts the server
    browser_chat.py --only picture --picture FILE -- COMMAND
    browser_chat.py --list | --check

Each scenario has a server and a browser of its own. Prints a line for each, and ends with 1 if one
failed. `--check` prints in one line what is missing to run this, if anything. `--picture` makes the
scenario of that name save its picture, for the README.
"""

import sys

import scenarios

try:
    from browser_page import chromium
    from firefox_bidi import firefox
    import roost_server  # noqa: F401
    missing = None if chromium() else "there is no chromium on this machine"
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

# The scenarios by module, in which they are functions.
SCENARIOS = {
    "browser_talk": ("conversation", "names", "offered", "reload", "rooms", "history", "limits"),
    "browser_reconnect": ("kept", "restart", "resume", "rest", "missed", "kicked",
                          "changes"),
    "browser_content": ("markup", "formatted", "texts", "modules", "headers", "picture"),
    "browser_bundle": ("bundle",),
    "browser_loading": ("loading", "second", "upgrade", "breath"),
    "browser_access": ("keyboard", "accessibility", "narrow", "crowd"),
    "browser_lasting": ("name_lost", "tabs", "sign_out", "addresses", "stored"),
    "browser_drafts": ("drafts",),
    "browser_events": ("events",),
    "browser_embed": ("embed", "not_embedded"),
    "browser_account": ("account", "sessions", "not_kept"),
    "browser_composer": ("completion", "files", "pasted"),
    "browser_offline": ("installed", "versioned"),
    "browser_notices": ("mentioned", "linked"),
    "browser_deeds": ("deeds", "replies", "reached", "touched"),
    "browser_speed": ("entered",),
    "browser_scroll": ("scrolled",),
    "browser_broken": ("broken",),
    "browser_undone": ("cut_off", "killed", "refused"),
    "browser_hooks": ("hooked",),
    "browser_people": ("direct", "direct_lost", "direct_noticed", "read"),
    "browser_private": ("private", "never_open"),
    "browser_moderation": ("muted", "sent_out", "judged", "lifted"),
    "browser_rooms": ("listed", "topics", "search"),
    "browser_spoken": ("spoken",),
    "browser_mouseless": ("mouseless",),
    "browser_axe": ("axe", "forced"),
    "browser_languages": ("languages",),
    "browser_hands": ("phone", "keys", "dead_line", "many"),
    "browser_tls": ("encrypted",),
}

if not missing and firefox():
    SCENARIOS["browser_firefox"] = ("firefox",)
    SCENARIOS["browser_tls"] += ("encrypted_firefox",)
    SCENARIOS["browser_firefox_all"] = ("everything",)

if __name__ == "__main__":
    parser = scenarios.parser(__doc__)
    parser.add_argument("--shots", help="save screenshots in this folder")
    parser.add_argument("--picture", help="write the picture to this file, if it has changed")
    sys.exit(scenarios.main(parser, SCENARIOS, missing))
