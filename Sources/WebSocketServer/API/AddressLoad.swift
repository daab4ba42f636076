// Which addresses cause the most work, for operators.
import LinuxReactor

/// The work that an address has caused lately.
public struct AddressLoad: Sendable {
    /// The address, or the network of 64 bits for IPv6, with port 0.
    public let address: NetworkAddress
    /// Its share of one CPU's time over the last minute or so: 0.25 is a quarter.
    public let share: Double
}
