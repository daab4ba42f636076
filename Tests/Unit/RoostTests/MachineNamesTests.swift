// The names of a machine, from the files that hold them.
import Testing

@testable import roost

@Suite struct MachineNamesTests {
    @Test func `A short name has the domains of the resolver and what hosts says`() {
        let names = MachineNames.find(
            "anna", hosts: "127.0.0.1 localhost\n127.0.1.1\tanna.home.example anna # me\n",
            resolver: "nameserver 192.0.2.1\nsearch lan.example corp.example\n")
        #expect(names == ["anna", "anna.corp.example", "anna.home.example", "anna.lan.example"])
    }

    @Test func `A full name has a short one`() {
        #expect(
            MachineNames.find("anna.lan.example", hosts: "", resolver: "")
                == ["anna", "anna.lan.example"])
    }

    @Test func `A name that is none gives none`() {
        #expect(MachineNames.find("", hosts: "", resolver: "search a\n") == [])
    }
}
