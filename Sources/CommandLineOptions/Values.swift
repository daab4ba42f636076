// Types for the values of flags that are not just a number or a word.
import ArgumentParser
import LinuxReactor
import WebSocketServer

/// A number of bytes: 65536, 64K or 1M, in powers of 1024.
public struct ByteCount: ExpressibleByArgument, Sendable, Equatable {
    /// How many bytes; at least 1.
    public let value: Int

    /// Nil unless it is a positive number, alone or with K, M or G in upper or lower case.
    public init?(argument: String) {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let unit = argument.lowercased().last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard let number = Int(digits), number > 0 else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.value = value
    }
}

/// 'on' or 'off'.
public enum Switch: String, ExpressibleByArgument, Sendable, CaseIterable {
    /// Yes and no.
    case on, off
}

/// A positive number, or 'off' for no limit.
public struct Limit: ExpressibleByArgument, Sendable, Equatable {
    /// Nil for no limit, else at least 1.
    public let value: Int?

    /// Nil unless it is 'off' or a positive number.
    public init?(argument: String) {
        if argument == "off" {
            value = nil
        } else if let number = Int(argument), number > 0 {
            value = number
        } else {
            return nil
        }
    }
}

/// 'same', 'any', or hosts and origins with commas between them.
public struct OriginRule: ExpressibleByArgument, Sendable, Equatable {
    /// The policy that the text stands for.
    public let policy: OriginPolicy
    /// What is wrong with the text, as a sentence; nil if nothing is.
    public let flaw: String?

    /// Accepts any text, so that ``flaw`` can say what is wrong with it.
    public init?(argument: String) {
        switch argument {
        case "same": (policy, flaw) = (.sameHost, nil)
        case "any": (policy, flaw) = (.any, nil)
        default:
            let entries = argument.split(separator: ",", omittingEmptySubsequences: false)
                .map { String($0.trimmed) }
            policy = .hosts(entries)
            let word = entries.first { $0 == "same" || $0 == "any" }
            flaw =
                word.map { "'\($0)' stands alone, without a list of hosts." }
                ?? entries.lazy.compactMap { OriginPolicy.flaw(in: $0) }.first
        }
    }
}

/// A trusted proxy: a range of addresses, or 'unix' for local sockets.
public struct ProxyRange: ExpressibleByArgument, Sendable, Equatable {
    /// Nil for local sockets.
    public let range: AddressRange?

    /// Nil unless it is 'unix', an address, or a range with no bits set after its prefix.
    public init?(argument: String) {
        if argument == "unix" {
            range = nil
        } else if let range = AddressRange(argument) {
            self.range = range
        } else {
            return nil
        }
    }
}

/// An address and a port: 127.0.0.1:9100, [::1]:9100, localhost:9100.
public struct HostAndPort: ExpressibleByArgument, Sendable, Equatable {
    /// The host, without brackets.
    public let host: String
    /// The port; 0 means any free port.
    public let port: UInt16

    /// Nil unless there is a host, and a port after the last colon.
    public init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }
}

/// Where to listen: a port, 80, or an address and a port, 0.0.0.0:80.
public struct ListenPlace: ExpressibleByArgument, Sendable, Equatable {
    /// The host, without brackets; nil for the server's own.
    public let host: String?
    /// The port; 0 means any free port.
    public let port: UInt16

    /// Nil unless it is a port, or a host with a port after the last colon.
    public init?(argument: String) {
        if let port = UInt16(argument) {
            host = nil
            self.port = port
        } else if let place = HostAndPort(argument: argument) {
            host = place.host
            port = place.port
        } else {
            return nil
        }
    }
}
