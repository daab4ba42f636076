// The suites here load the machine and measure network round trips, so they run one after another,
// and `make test` runs nothing beside them.
import Testing

@Suite("Alone", .serialized)
enum Alone {}
