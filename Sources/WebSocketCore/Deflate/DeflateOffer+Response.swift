// A client's check of a server's acceptance of compression against the offer (RFC 7692 §7.1).

extension DeflateOffer {
    /// What is wrong with an acceptance (RFC 7692 §7.1): the client must fail the connection.
    public enum Mismatch: Error, Equatable, Sendable, CaseIterable {
        /// There is a parameter that permessage-deflate doesn't have.
        case unknownParameter
        /// A parameter appears twice.
        case repeatedParameter
        /// A parameter has a value that is not allowed, or lacks a required value.
        case invalidValue
        /// `server_no_context_takeover` was offered and not accepted (§7.1.1.1).
        case serverKeepsContext
        /// `server_max_window_bits` was offered and is missing, or is larger than offered
        /// (§7.1.2.1).
        case serverWindowTooLarge
        /// `client_max_window_bits` was not offered (§7.1.2.2).
        case clientWindowNotOffered

        /// The mismatch as a sentence, for error messages and logs.
        public var reason: String {
            switch self {
            case .unknownParameter: "It has a parameter that the extension does not know."
            case .repeatedParameter: "It has a parameter twice."
            case .invalidValue: "It has a parameter whose value is not allowed."
            case .serverKeepsContext: "It must have server_no_context_takeover, as offered."
            case .serverWindowTooLarge:
                "It must have server_max_window_bits, no larger than offered."
            case .clientWindowNotOffered: "It has client_max_window_bits, which was not offered."
            }
        }
    }

    /// The parameters in force after a server has accepted this offer with `item`. Throws the
    /// first ``Mismatch`` between the two.
    ///
    /// A server may add `server_no_context_takeover`, `client_no_context_takeover` and
    /// `server_max_window_bits` although they were not offered. If the client has offered to use a
    /// smaller window or no context, that binds it even if the server doesn't repeat the parameter.
    public func parameters(acceptedBy item: ExtensionItem) throws(Mismatch) -> DeflateParameters {
        var serverNoContext = false
        var clientNoContext = false
        var serverWindow: Int?
        var clientWindow: Int?
        for (index, parameter) in item.parameters.enumerated() {
            if item.parameters[..<index].contains(where: { $0.name == parameter.name }) {
                throw .repeatedParameter
            }
            switch parameter.name {
            case "server_no_context_takeover", "client_no_context_takeover":
                if parameter.value != nil { throw .invalidValue }
                if parameter.name == "server_no_context_takeover" {
                    serverNoContext = true
                } else {
                    clientNoContext = true
                }
            case "server_max_window_bits", "client_max_window_bits":
                guard let bits = parameter.value.flatMap(DeflateParameters.windowBits(parsing:))
                else { throw .invalidValue }
                if parameter.name == "server_max_window_bits" {
                    serverWindow = bits
                } else {
                    clientWindow = bits
                }
            default:
                throw .unknownParameter
            }
        }
        if serverNoContextTakeover && !serverNoContext { throw .serverKeepsContext }
        if let offered = serverMaxWindowBits {
            guard let serverWindow, serverWindow <= offered else { throw .serverWindowTooLarge }
        }
        if clientWindow != nil && self.clientWindow == .fixed { throw .clientWindowNotOffered }
        if case .atMost(let bits) = self.clientWindow {
            clientWindow = min(clientWindow ?? bits, bits)
        }
        return DeflateParameters(
            serverNoContextTakeover: serverNoContext,
            clientNoContextTakeover: clientNoContext || clientNoContextTakeover,
            serverMaxWindowBits: serverWindow, clientMaxWindowBits: clientWindow)
    }
}
