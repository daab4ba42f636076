// What looks as if nothing used it, and is used.

struct DeadFileRules {
    /// Folders with a Package.swift of their own.
    let otherPackages: [String]
    /// Names that people, GitHub or CI look for by themselves.
    let known: Set<String>
    /// Path → what uses it.
    let exceptions: [String: String]
}

enum DeadFileTable {
    static let rules = DeadFileRules(
        otherPackages: [
            "Benchmarks/Micro", "Benchmarks/peers/nio", "Sources/Examples/Services", "Tests/Fuzz",
            "Tests/Stranger",
        ],
        known: [
            "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md",
            // dpkg calls the maintainer's scripts by name.
            "postinst", "postrm", "prerm",
        ],
        exceptions: [
            ".ci/run": "CI runs it after each push",
            "Tests/Support/python/browser_access.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_axe.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_broken.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_bundle.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_composer.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_deeds.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_firefox.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_hooks.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_firefox_all.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_languages.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_mouseless.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_notices.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_offline.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_content.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_embed.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_loading.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_people.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_rooms.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_reconnect.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_events.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_hands.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_account.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_lasting.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_speed.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_talk.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_drafts.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_moderation.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_private.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_scroll.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_spoken.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_tls.py": "browser_chat.py imports it by name",
            "Tests/Support/python/browser_undone.py": "browser_chat.py imports it by name",
            "Tests/Support/python/train_scenes.py": "browser_trains.py imports it by name",
            "Tests/Support/python/tutorial_steps.py": "browser_tutorial.py imports it by name",
            "Tests/Support/python/interop_commands.py": "interop_client.py imports it by name",
            "Tests/Support/python/interop_connection.py": "interop_client.py imports it by name",
            "Tests/Support/python/interop_history.py": "interop_client.py imports it by name",
        ])
}
