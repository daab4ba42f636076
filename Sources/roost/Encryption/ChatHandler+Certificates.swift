// The certificates of a running server: exchanged by a reload, counted, and shown.
import CommandLineOptions
import Glibc
import Logging
import Storage
import WebSocketServer

extension ChatHandler {
    /// POST /reload, or /restart-in-place if `inPlace`. Root may send credentials with it: systemd
    /// makes them at the start alone.
    mutating func reload(
        _ request: borrowing HTTPRequest, inPlace: Bool = false, _ io: inout ServerContext
    ) -> HTTPResponse {
        var files: [String: [UInt8]] = [:]
        defer { SuppliedFiles.wipe(&files) }
        if request.body.count > 0 {
            guard request.credentials?.user == 0 else {
                return .text(.forbidden, "Only root may give this server files.")
            }
            guard let supplied = SuppliedFiles.read(request.body) else {
                return .text(.badRequest, "These are no files of a reload.")
            }
            files = supplied
        }
        guard inPlace || reloader != nil || encryption.canRenew else {
            return .text(.conflict, "This server has no configuration file to read again.")
        }
        do throws(ReloadFailure) {
            let answer =
                inPlace
                ? .underWay(try restartInPlace(&io, files)) : try reload(&io, files)
            switch answer {
            case .done(let words): return .text(.ok, "Process \(getpid()): \(words)")
            case .underWay(let number): return Self.underWay(number)
            }
        } catch {
            return .text(.unprocessableContent, error.sentence)
        }
    }

    /// POST /check-handover: whether the installed program could take over.
    mutating func checkHandOver(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) -> HTTPResponse {
        do throws(ReloadFailure) {
            return Self.underWay(try checkHandOver(&io))
        } catch {
            return .text(.unprocessableContent, error.sentence)
        }
    }

    /// What came of it is in the status, under this number.
    private static func underWay(_ number: UInt64) -> HTTPResponse {
        var object = JSONText()
        object.add("reload", number)
        object.add("seconds", inPlaceSeconds)
        return .json(.accepted, Array(object.text.utf8))
    }

    /// Uses certificates that a reload has read, for handshakes from now on: connections keep
    /// theirs. Returns what is new, to follow another sentence.
    mutating func exchange(_ tls: TLS, _ io: inout ServerContext) -> String {
        let news = encryption.take(tls)
        io.update(tls: tls)
        guard !news.isEmpty else { return "" }
        let text = news.joined(separator: " ")
        service.events.log(.certificateRenewed, text)
        return " " + text
    }

    /// Warns of certificates that end soon, once a day.
    mutating func countCertificateDays(_ io: borrowing ServerContext) {
        guard encryption.isCountDue(at: io.now) else { return }
        let seconds = Int(io.wallClock.nanoseconds / 1_000_000_000)
        for certificate in encryption.certificates {
            guard let sentence = certificate.warning(at: seconds) else { continue }
            let days = certificate.daysLeft(at: seconds)
            service.events.log(
                .certificateEnding, sentence,
                ["certificate": .string(certificate.origin), "days": .string("\(days)")],
                level: days < 0 ? .error : nil)
        }
    }

    /// The metrics of the certificates.
    func writeCertificates(to text: inout MetricsText) {
        guard encryption.tls != nil else { return }
        text.write(
            .gauge, "tls_certificate_expiry_timestamp_seconds",
            "When a certificate ends, since unix epoch in seconds.", by: "certificate",
            encryption.certificates.map { ($0.origin, $0.notAfter) })
    }

    /// The certificates for the status.
    func certificateRows(_ io: borrowing ServerContext) -> [JSONText] {
        let seconds = Int(io.wallClock.nanoseconds / 1_000_000_000)
        let keys = encryption.keyFiles
        return encryption.certificates.enumerated().map { index, certificate in
            var row = JSONText()
            row.add("file", certificate.origin)
            if index < keys.count, let key = keys[index] { row.add("key_file", key) }
            row.add("names", certificate.names)
            row.add("issuer", certificate.issuer)
            row.add("last_day", certificate.lastDay)
            row.add("days_left", certificate.daysLeft(at: seconds))
            row.add("fingerprint", certificate.fingerprint)
            return row
        }
    }
}
