// What three hundred runs must have reached: a simulation that misses it shows nothing.

/// The names under which a run counts what is rare.
package enum Reached {
    package static let all =
        FaultKind.allCases.map { "fault \($0)" } + [
            "a message was given back", "a new epoch began", "diverged", "not recovered",
            "resumed with missed ones", "a join while Redis is down", "delayed", "refused",
            "a promotion", "a suffix was lost", "a split brain was merged", "an island",
            "commands ran after a cut", "no greeting", "state down", "state slow", "state up",
        ]
}
