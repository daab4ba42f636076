// Which parts of the memory are code that can be given back.
import Testing

@testable import roost

@Suite struct ProgramPagesTests {
    @Test func `Only private code of files is given back`() {
        let maps = """
            55d1c0000000-55d1c0200000 r--p 00000000 fe:00 1234                 /usr/bin/roost
            55d1c0200000-55d1c0a00000 r-xp 00200000 fe:00 1234                 /usr/bin/roost
            55d1c0a00000-55d1c0b00000 rw-p 00a00000 fe:00 1234                 /usr/bin/roost
            55d1c0b00000-55d1c0c00000 rwxp 00b00000 fe:00 1234                 /usr/bin/roost
            7f0000000000-7f0000100000 r-xp 00000000 fe:00 77    /a folder/a blank.so (deleted)
            7f0000200000-7f0000300000 r-xs 00000000 fe:00 78                   /dev/shm/shared
            7f0000400000-7f0000500000 r-xp 00000000 00:00 0
            7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                    [vdso]
            nonsense
            """
        #expect(
            ProgramPages.codeRanges(inMaps: maps)
                == [0x55d1_c020_0000..<0x55d1_c0a0_0000, 0x7f00_0000_0000..<0x7f00_0010_0000])
        #expect(ProgramPages.codeRanges(inMaps: "").isEmpty)
    }

    /// A breakpoint, or a library with text relocations, is a page of its own: it must stay.
    @Test(arguments: [
        ("Anonymous:", "4", 0), ("Anonymous:", "0", 1), ("Private_Dirty:", "8", 0),
        ("Private_Hugetlb:", "2048", 0), ("Rss:", "800", 1), ("Swap:", "4", 0),
    ])
    func `Code that somebody has changed stays`(field: String, count: String, expected: Int) {
        let maps = """
            55d1c0200000-55d1c0a00000 r-xp 00200000 fe:00 1234                 /usr/bin/roost
            Size:               8192 kB
            \(field)          \(count) kB
            VmFlags: rd ex mr mw me
            55d1c0a00000-55d1c0b00000 rw-p 00a00000 fe:00 1234                 /usr/bin/roost
            Anonymous:            64 kB
            """
        #expect(ProgramPages.codeRanges(inMaps: maps).count == expected)
    }

    @Test func `The program goes on when its code has been given back`() {
        // The second access does nothing.
        ProgramPages.releaseCodeOfStart
        ProgramPages.releaseCodeOfStart
        #expect((1...100).reduce(0, +) == 5050)
    }
}
