// The suites here load the machine and measure round trips, so they run one after the other.
import Testing

@Suite("Conformance", .serialized)
enum Conformance {}
