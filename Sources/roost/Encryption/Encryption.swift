// What a running server has of TLS, beside the connections.
import CommandLineOptions
import LinuxReactor
import Storage
import SystemdSupport
import WebSocketServer

/// The server's certificates and where they came from, and what certificate authorities ask for.
struct Encryption {
    /// The challenges of certificate authorities; nil without a folder for them.
    private(set) var challenges: AcmeChallenges?
    /// The certificates in use; nil without TLS.
    private(set) var tls: TLS?
    /// The flags of the start: a reload reads the same files anew.
    private var options = TLSOptions()
    /// The folder of systemd's credentials; nil without any.
    private var credentials: String?
    /// The names by which people know the server, as far as a setting says so.
    private(set) var hostNames: [String] = []
    /// What root has read of the credentials since the start: the folder's copies are older. A
    /// program that takes over gets them.
    private var supplied: HiddenFiles?
    /// The same for the program that is about to take over; nil if it gets ``supplied``.
    private var offered: HiddenFiles?
    /// When the days of the certificates are counted next.
    private var nextCount = Instant(nanoseconds: 0)

    private static let countInterval = Duration.seconds(86_400)

    /// Whether a reload can exchange the certificates.
    var canRenew: Bool { tls != nil && !options.tlsSelfSigned }

    /// The certificates in use.
    var certificates: [CertificateSummary] { tls?.certificates ?? [] }

    /// The files of the keys, in the order of ``certificates``; nil for a credential.
    var keyFiles: [String?] {
        // Without TLS there may be no flags that were read, and asking those ends the process.
        guard tls != nil else { return [] }
        let files = try? TLSFiles(options, credentials: credentials)
        return files?.pairs.map { $0.key.credential == nil ? $0.key.path : nil } ?? []
    }

    /// Nothing: no TLS, and no challenges.
    init() {}

    /// What the flags say, with the certificates that were read.
    init(
        _ options: TLSOptions, _ tls: TLS?, hostNames: [String] = [],
        challenges: AcmeChallenges? = nil, credentials: String? = TLSOptions.credentials
    ) {
        self.credentials = credentials
        self.options = options
        self.tls = tls
        self.hostNames = hostNames
        self.challenges = challenges
    }

    /// Takes over what a reload can change beside the certificates.
    mutating func apply(_ settings: Encryption) {
        challenges = settings.challenges
        hostNames = settings.hostNames
    }

    /// Reads the files again, for a reload; `files` are credentials that root has read. Nil
    /// without TLS, or for a certificate of the server's own, which stays. Throws if a file is bad.
    func renewed(_ files: [String: [UInt8]]) throws(ReloadFailure) -> TLS? {
        guard canRenew else { return nil }
        var known = files.isEmpty ? supplied?.read() ?? [:] : [:]
        defer { SuppliedFiles.wipe(&known) }
        do {
            let tls = try options.load(
                hostNames: [], supplied: files.isEmpty ? known : files, again: true,
                credentials: credentials)
            guard let tls else {
                throw ReloadFailure(
                    "There is no certificate any more: TLS ends with a restart only.")
            }
            return tls
        } catch let error as ReloadFailure {
            throw error
        } catch {
            throw ReloadFailure((error as? ConfigurationError)?.sentences.first ?? "\(error)")
        }
    }

    /// Remembers credentials that are in use from now on; nil changes nothing.
    mutating func keep(_ files: HiddenFiles?) { supplied = files ?? supplied }

    /// Credentials for the program that is about to take over; nil for the remembered ones.
    mutating func offer(_ files: HiddenFiles?) { offered = files }

    /// That program has not taken over.
    mutating func withdrawOffer() { offered = nil }

    // MARK: Hand-over

    /// Writes the credentials that root has read, or none.
    func save(to writer: inout StateWriter, withFiles: Bool) {
        var files = withFiles ? (offered ?? supplied)?.read() ?? [:] : [:]
        defer { SuppliedFiles.wipe(&files) }
        writer.write(UInt32(files.count))
        for (name, bytes) in files {
            writer.write(name)
            writer.write(bytes.span)
        }
    }

    /// Reads them. Returns the certificates that follow from them; nil if there are none. A new
    /// process has got newer ones from systemd.
    mutating func restore(
        from reader: inout StateReader, _ isNewProcess: Bool
    ) throws(StateError) -> TLS? {
        var files: [String: [UInt8]] = [:]
        defer { SuppliedFiles.wipe(&files) }
        for _ in 0..<(try reader.read(UInt32.self)) {
            files[try reader.readString()] = Array(try reader.readBytes())
        }
        guard !files.isEmpty, !isNewProcess else { return nil }
        do {
            supplied = try HiddenFiles(files)
            tls = try renewed(files) ?? tls
            return tls
        } catch {
            throw StateError(error.sentence)
        }
    }

    /// Puts other certificates in the place of those in use. Returns a sentence for each that is
    /// not the same as before.
    mutating func take(_ tls: TLS) -> [String] {
        let known = Set(certificates.map(\.fingerprint))
        self.tls = tls
        nextCount = Instant(nanoseconds: 0)
        return certificates.filter { !known.contains($0.fingerprint) }.map(\.greeting)
    }

    /// Whether the days that are left are to be counted: at the start, after a change, and once a
    /// day.
    mutating func isCountDue(at now: Instant) -> Bool {
        guard tls != nil, now >= nextCount else { return false }
        nextCount = now + Self.countInterval
        return true
    }
}

extension Serve {
    /// What the flags say of TLS, with the certificates that were read for them.
    func encryption(_ tls: TLS?) -> Encryption {
        var hostNames: [String] = []
        if case .names(let names) = options.hostPolicy { hostNames = names }
        return Encryption(
            options.tls, tls, hostNames: hostNames,
            challenges: service.acmeDirectory.map { AcmeChallenges(folder: $0) })
    }
}
