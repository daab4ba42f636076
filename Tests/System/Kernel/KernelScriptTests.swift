// The simulated kernel beside the real one: random scripts of system calls do not tell them apart.
import TestSupport
import Testing

@Suite struct KernelScriptTests {
    @Test func `Ten thousand scripts have the same outcomes, errors, bytes and events`() throws {
        let end = try Run([BuildProducts.path("KernelScripts"), "run", "10000"]).end()
        #expect(end.status == 0, "\(end.output)\(end.errors)")
        #expect(end.output.hasSuffix("10000 scripts, no difference\n"))
    }

    @Test func `Each fault that is put into the simulated kernel is found by one of them`() throws {
        let end = try Run([BuildProducts.path("KernelScripts"), "faults", "10000"]).end()
        #expect(end.status == 0, "\(end.output)\(end.errors)")
        #expect(end.output.hasSuffix(" faults, 0 not found\n"))
    }
}
