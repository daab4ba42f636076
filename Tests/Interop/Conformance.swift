// The suites here load the machine and measure network round trips, so they run one after another.
import Testing

@Suite("Conformance", .serialized)
enum Conformance {}
