// How many connections a machine can hold: tables over its facts.
import Foundation
import TestSupport
import Testing

@testable import roost

@Suite struct DiagnosisTests {
    /// A machine without a limit below ten million.
    private static let wide = HostFacts(
        process: 7, descriptorLimit: 20_000_000, descriptorCeiling: 20_000_000,
        fileLimit: 20_000_000, fileCount: 1000, watchLimit: 20_000_000, tcpPageLimit: 40_000_000,
        backlogLimit: 4096, trackedLimit: nil, trackedCount: nil, localPorts: nil,
        availableByteCount: 200 << 30, groupByteLimit: nil)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let connections: Int
        let remedy: String
        let change: @Sendable (inout HostFacts) -> Void
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "RLIMIT_NOFILE", connections: 19_904, remedy: "LimitNOFILE=100096",
            change: { $0.descriptorLimit = 20_000 }),
        Case(
            name: "RLIMIT_NOFILE", connections: 768, remedy: "LimitNOFILE=100096",
            change: { $0.descriptorLimit = 864 }),
        Case(
            name: "fs.nr_open", connections: 65_440, remedy: "sysctl -w fs.nr_open=100096",
            change: { $0.descriptorCeiling = 65_536 }),
        Case(
            name: "fs.file-max", connections: 49_000, remedy: "sysctl -w fs.file-max=111000",
            change: { $0.fileLimit = 50_000 }),
        Case(
            name: "fs.epoll.max_user_watches", connections: 60_000,
            remedy: "sysctl -w fs.epoll.max_user_watches=101000", change: { $0.watchLimit = 60_000 }
        ),
        Case(
            name: "net.ipv4.tcp_mem", connections: 45_000,
            remedy: "sysctl -w net.ipv4.tcp_mem='100000 150000 200000'",
            change: { $0.tcpPageLimit = 90_000 }),
        Case(
            name: "nf_conntrack_max", connections: 60_000,
            remedy: "sysctl -w net.netfilter.nf_conntrack_max=115536",
            change: {
                $0.trackedLimit = 65_536
                $0.trackedCount = 5536
            }),
        Case(
            name: "memory", connections: 65_536, remedy: "781 MB for 100,000 connections",
            change: { $0.availableByteCount = 512 << 20 }),
        Case(
            name: "MemoryMax=", connections: 32_768, remedy: "MemoryMax=781M",
            change: { $0.groupByteLimit = 256 << 20 }),
    ]

    @Test(arguments: cases)
    func `The lowest limit binds, and has a line to change it`(_ limit: Case) throws {
        var facts = Self.wide
        limit.change(&facts)
        let diagnosis = Diagnosis(facts, wanted: 100_000)
        let binding = try #require(diagnosis.binding)
        #expect(binding.name == limit.name)
        #expect(binding.connections == limit.connections)
        #expect(binding.remedy.contains(limit.remedy))
        let report = Doctor.report(diagnosis, wanted: 100_000)
        #expect(report.contains("hold \(Figures.count(limit.connections)) connections"))
        #expect(report.contains(limit.remedy))
    }

    @Test func `On a machine with high limits nothing has to be changed`() {
        let diagnosis = Diagnosis(Self.wide, wanted: 100_000)
        #expect(Doctor.report(diagnosis, wanted: 100_000).contains("nothing has to be changed"))
        #expect(diagnosis.advice == [])
    }

    @Test func `Settings that do not limit the number are advice`() {
        var facts = Self.wide
        facts.backlogLimit = 128
        facts.localPorts = 32_768...60_999
        let advice = Diagnosis(facts, wanted: 1000).advice
        #expect(advice.count == 2)
        #expect(advice[0].contains("net.core.somaxconn=4096"))
        #expect(advice[1].contains("28,232 connections"))
    }

    @Test func `A machine without known facts is reported as unknown`() {
        let diagnosis = Diagnosis(HostFacts(root: "/no/such/root/", process: nil), wanted: 1)
        #expect(diagnosis.bounds == [])
        #expect(Doctor.report(diagnosis, wanted: 1).contains("is /proc mounted?"))
    }

    @Test func `Facts are read from their files`() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: root) }
        let files = [
            "proc/7/limits": """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             95822                95822                processes
            Max open files            1024                 524288               files
            """,
            "proc/7/cgroup": "0::/system.slice/roost.service\n",
            "sys/fs/cgroup/system.slice/roost.service/memory.max": "268435456\n",
            "proc/sys/fs/nr_open": "1048576\n", "proc/sys/fs/file-max": "9223372036854775807\n",
            "proc/sys/fs/file-nr": "1440\t0\t9223372036854775807\n",
            "proc/sys/net/ipv4/tcp_mem": "284301\t379071\t568602\n",
            "proc/sys/net/core/somaxconn": "4096\n",
            "proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
            "proc/meminfo": "MemTotal:       24600000 kB\nMemAvailable:   1000 kB\n",
        ]
        for (path, text) in files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
        let expected = HostFacts(
            process: 7, descriptorLimit: 524_288, descriptorCeiling: 1_048_576, fileLimit: .max,
            fileCount: 1440, watchLimit: nil, tcpPageLimit: 568_602, backlogLimit: 4096,
            trackedLimit: nil, trackedCount: nil, localPorts: 32_768...60_999,
            availableByteCount: 1_024_000, groupByteLimit: 268_435_456)
        #expect(HostFacts(root: root.path + "/", process: 7) == expected)
    }

    @Test func `This machine's facts can be read`() {
        let facts = HostFacts(root: "/", process: nil)
        #expect(facts.descriptorLimit != nil && facts.descriptorCeiling != nil)
        #expect(facts.availableByteCount != nil && facts.localPorts != nil)
        #expect(Diagnosis(facts, wanted: 1).binding != nil)
    }

    @Test(arguments: [
        ("roost.service", "loaded active 0", "roost.service runs"),
        (
            "roost.service", "loaded active 1",
            "roost.service runs, and had to be started again 1 time: journalctl -u roost -p warning"
        ),
        ("roost.service", "loaded inactive 0", "does not run; the next connection starts it"),
        ("roost.service", "not-found inactive 0", "is not installed: make install, or the package"),
        ("roost.service", "masked inactive 0", "is masked: systemctl status roost.service"),
        ("roost.service", "loaded failed 3", "has failed (timeout): journalctl -xeu roost.service"),
        ("roost.service", "loaded deactivating 0", "is deactivating"),
        ("roost.socket", "loaded active 0", "roost.socket listens"),
        (
            "roost.socket", "loaded inactive 0",
            "does not listen: systemctl enable roost.socket && systemctl restart "
                + "roost.service"
        ),
        (
            "roost.socket", "loaded active 0 disabled",
            "listens, but not after the next boot: systemctl enable roost.socket"
        ),
        (
            "roost.service", "loaded active 0 static yes",
            "runs; its file has changed since: systemctl daemon-reload"
        ),
        ("roost.service", "", "systemctl does not answer"),
    ])
    func `The state of a unit, as a sentence`(unit: String, values: String, sentence: String) {
        let names = ["LoadState", "ActiveState", "NRestarts", "UnitFileState", "NeedDaemonReload"]
        let lines = zip(names, values.split(separator: " ")).map { "\($0)=\($1)" }
        let text = (lines + ["Result=timeout"]).joined(separator: "\n")
        let found = ServerHealth.finding(
            unit, values.isEmpty ? [:] : ServerHealth.properties(text))
        #expect(found.text.hasSuffix(sentence) && found.text.hasPrefix(unit), "\(found)")
        let isGood = ["runs", "listens", "start", "1 time", "is deactivating", "is masked"]
        let expected: Finding.State =
            values.isEmpty
            ? .unknown
            : isGood.contains { sentence.contains($0) } && !sentence.contains("systemctl enable")
                && !sentence.contains("daemon-reload") ? .good : .mend
        #expect(found.state == expected, "\(found)")
    }

    @Test(
        arguments: [
            (
                #"{"process":7,"version":"1","state":"serving","connections":2,"connections_limit":9}"#,
                0
            ),
            (#"{"process":7,"version":"1","state":"stopping","connections":0}"#, 0),
            (#"{"process":7,"version":"1","state":"not_serving","faults":["F:1: bad."]}"#, 1),
            // Upgraded and not restarted; or older than all versions.
            (#"{"process":7,"version":"2","state":"serving"}"#, 1),
            (#"{"process":7,"state":"serving"}"#, 1),
        ] as [(String, Int32)])
    func `A running server is good, unless it does not serve or is another version`(
        status: String, exit: Int32
    ) {
        let findings = ServerHealth.findings(status: status, own: "1")
        #expect(findings.worst.exitStatus == exit, "\(findings)")
        #expect(findings.allSatisfy { $0.text.contains("process 7") })
    }

    @Test(
        arguments: [
            ([], 0), ([.good("")], 0), ([.good(""), .unknown("")], 2),
            ([.unknown(""), .mend(""), .good("")], 1),
        ] as [([Finding], Int32)])
    func `The exit status is that of the worst finding`(findings: [Finding], status: Int32) {
        #expect(findings.worst.exitStatus == status)
    }

    @Test func `A limit is to be changed only for connections that were asked for`() {
        var facts = Self.wide
        facts.descriptorLimit = 20_000
        let diagnosis = Diagnosis(facts, wanted: 100_000)
        #expect(Doctor.findings(diagnosis, wanted: nil) == [])
        #expect(Doctor.findings(diagnosis, wanted: 19_904).worst == .good)
        #expect(Doctor.findings(diagnosis, wanted: 19_905).worst == .mend)
        let unreadable = Diagnosis(HostFacts(root: "/no/such/root/", process: nil), wanted: 1)
        #expect(Doctor.findings(unreadable, wanted: nil).worst == .unknown)
    }

    @Test func `The record at the start names the limit that applies first`() {
        func note(_ limit: Int, isChosen: Bool, _ change: (inout HostFacts) -> Void) -> CapacityNote
        {
            var facts = Self.wide
            change(&facts)
            return CapacityNote(connectionLimit: limit, isChosen: isChosen, facts)
        }
        let own = note(500, isChosen: true) { _ in }
        #expect(own.limit == "max-connections" && own.connections == 500)
        #expect(own.text == "At most 500 connections are accepted, as max-connections says.")
        let files = note(19_904, isChosen: false) { $0.descriptorLimit = 20_000 }
        #expect(files.limit == "RLIMIT_NOFILE" && files.connections == 19_904)
        #expect(files.text.contains("for RLIMIT_NOFILE (20,000 open files)"))
        let memory = note(100_000, isChosen: false) { $0.availableByteCount = 512 << 20 }
        #expect(memory.limit == "memory" && memory.connections == 65_536)
        #expect(memory.text.contains("roost doctor"))
    }

    /// The line works in a shell, and writes a drop-in that systemd accepts.
    @Test func `The line that raises the limit on open files works`() throws {
        let root = "/tmp/roost-\(UInt64.random(in: .min ... .max)).root"
        defer { try? FileManager.default.removeItem(atPath: root) }
        var facts = Self.wide
        facts.descriptorLimit = 1024
        let line = try #require(Diagnosis(facts, wanted: 5000).binding).remedy
        let command = line.prefix { $0 != "&" }.replacing("/etc/", with: "\(root)/etc/")
        #expect(try Run(["sh", "-c", String(command)]).end().status == 0)
        let dropIn = try String(
            contentsOfFile: "\(root)/etc/systemd/system/roost.service.d/limits.conf",
            encoding: .utf8)
        #expect(dropIn == "[Service]\nLimitNOFILE=5096\n")
    }
}
