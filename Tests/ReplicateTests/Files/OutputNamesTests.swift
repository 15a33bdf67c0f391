// The names under which outputs are saved: readable where the server's are, and one safe component whatever those are.

import Testing

@testable import Replicate

struct OutputNamesTests {
    /// Found in review: each long name was tried against all before it, for minutes.
    @Test func longNamesThatDifferAtTheirEndsAreQuicklyToldApart() {
        var names = OutputNames(prefix: "p")
        let long = String(repeating: "x", count: 230)
        var seen: Set<String> = []
        for index in 0..<3_000 { seen.insert(names.next(index: index, url: "https://h/\(long)\(index).png", type: nil).text) }
        #expect(seen.count == 3_000)
    }

    /// Found in review: what is written in many ways and comes to one name was tried number by number, for minutes.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func namesThatComeToOneAreQuicklyToldApart(_ isTrimmed: Bool) {
        var names = OutputNames(prefix: "p")
        var seen: Set<String> = []
        for index in 0..<5_000 {
            let name =
                if !isTrimmed {
                    index < 2_500 ? "a" : "a.e\(index)"
                } else {
                    "a" + String(repeating: "%20", count: index % 100) + String(repeating: ".", count: index / 100) + ".png"
                }
            seen.insert(names.next(index: index, url: "https://h/\(name)", type: nil).text)
        }
        #expect(seen.count == 5_000)
    }

    @Test(arguments: [("s", "\u{17F}"), ("\u{3C3}", "\u{3C2}"), ("ss", "\u{DF}"), ("A", "a")])
    func whatSomeDisksTakeForOneNameAreTwo(_ one: String, _ other: String) {
        var names = OutputNames(prefix: nil)
        let first = names.next(index: 0, url: "https://h/\(one).png", type: nil).text
        let second = names.next(index: 1, url: "https://h/\(other).png", type: nil).text
        #expect(second.hasSuffix("-2.png") && !first.hasSuffix("-2.png"))
    }

    private static func name(_ path: String, prefix: String? = nil) -> String {
        var names = OutputNames(prefix: prefix)
        return names.next(index: 0, url: "https://h/\(path)", type: nil).text
    }

    /// What any name must be.
    static func isSafe(_ name: String) -> Bool {
        let device = name.prefix { $0 != "." }.uppercased().filter { $0 != " " }
        let isDevice =
            ["CON", "PRN", "AUX", "NUL"].contains(device) || (device.count == 4 && ["COM", "LPT"].contains(device.prefix(3)))
        return !name.isEmpty && name.utf8.count <= OutputNames.longest && !".- ".contains(name.prefix(1))
            && !". ".contains(name.suffix(1)) && !isDevice
            && name.unicodeScalars.allSatisfy { scalar in
                !"/\\<>:\"|?*".unicodeScalars.contains(scalar)
                    && ![.control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse].contains(
                        scalar.properties.generalCategory)
            }
    }

    @Test(arguments: [
        ("out-0.webp", "out-0.webp"), ("a/b/out.png", "out.png"), ("out.png?x=/y.jpg#/z", "out.png"),
        ("Ein%20Fuchs.PNG", "Ein Fuchs.PNG"),
        ("%F0%9F%A6%8A.gif", "🦊.gif"), ("gr%C3%BC%C3%9Fe.mp4", "grüße.mp4"), ("a/", "a"), ("model.tar.gz", "model.tar.gz"),
        ("weights", "weights"), ("", "output-0"), ("/", "output-0"), ("?x", "output-0"),
    ])
    func readableNamesStay(_ path: String, _ expected: String) {
        #expect(Self.name(path) == expected && Self.isSafe(expected))
        #expect(Self.name(path, prefix: "p1") == "p1-\(expected)")
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("..", "output-0"), (".", "output-0"), ("%2e%2e%2f", "output-0"), ("%2e%2e", "output-0"),
        ("..%2f..%2fetc%2fpasswd", "_.._etc_passwd"), ("..%5cx", "_x"), ("a%5C..%5Cb", "a_.._b"), ("a%2fb", "a_b"),
        ("%2fetc%2fpasswd", "_etc_passwd"),
        ("C:%5Cboot.ini", "C__boot.ini"), ("C:", "C_"), ("x:y", "x_y"), ("CON", "_CON"), ("con.png", "_con.png"),
        ("Aux.tar.gz", "_Aux.tar.gz"),
        ("nul%20.txt", "_nul.txt"), ("COM1", "_COM1"), ("com%C2%B9.x", "_com¹.x"), ("LPT9.png", "_LPT9.png"),
        ("CONIN$", "_CONIN$"),
        ("console.png", "console.png"), ("a%00b.png", "a_b.png"), ("%00", "output-0"), ("a%0d%0ab", "a__b"), ("%1b[31m", "_[31m"),
        (".bashrc", "bashrc"), ("...x", "x"), (".-.x", "x"), ("-rf", "rf"), ("--", "output-0"), ("-%20-", "output-0"),
        ("a.", "a"), ("a%20", "a"),
        ("a.%20.", "a"), ("%20a", "a"), ("___", "output-0"), ("_._", "output-0"), ("%E2%80%AEgpj.exe", "_gpj.exe"),
        ("a%E2%80%8Bb", "a_b"),
        ("%EF%BB%BFa", "_a"), ("a%E2%80%A8b", "a_b"), ("a%C2%A0b", "a b"), ("%FF", "output-0"), ("a%FFb", "a_b"),
        ("%C3", "output-0"), ("%ED%A0%80x", "___x"),
        ("a%", "a_"), ("a%zz", "a_zz"), ("%41%2", "A_2"), ("a*b%3Fc%22d%3Ce%3Ef%7Cg", "a_b_c_d_e_f_g"), ("a%7F", "a_"),
        ("%EE%80%80", "output-0"),
        ("%E0%B5%8E.png", "\u{0D4E}.png"), ("~", "~"), ("a%2Epng", "a.png"), (".png", "png"),
        ("%252e%252e%252f", "%2e%2e%2f".replacing("%", with: "_")),
    ])
    func hostileNamesAreMadeSafe(_ path: String, _ expected: String) {
        let name = Self.name(path)
        #expect(Array(name.utf8) == Array(expected.utf8), "\(name)")
        #expect(Self.isSafe(name) && Self.isSafe(Self.name(path, prefix: "p")) && Self.isSafe(Self.name(path, prefix: "../-.")))
    }

    @Test(arguments: [199, 200, 201, 300, 10_000])
    func longNamesKeepTheirEnd(_ count: Int) {
        for (letter, ending) in [
            ("a", ".png"), ("%C3%BC", ".jpeg"), ("%F0%9F%A6%8A", ".webp"), ("e%CC%81", ".x"), ("a", ""),
        ] {
            let name = Self.name(String(repeating: letter, count: count) + ending, prefix: "prediction")
            #expect(Self.isSafe(name) && name.hasPrefix("prediction-") && name.hasSuffix(ending), "\(name)")
            #expect(name.utf8.count > 150, "no more is taken than has to be")
        }
    }

    @Test(arguments: [
        "..", "../x", "a/b", "", ".", "-", "p\0", "\u{202E}", "CON", String(repeating: "ü", count: 500), "a\nb", "C:\\x",
    ])
    func thePrefixIsMadeSafeToo(_ prefix: String) {
        for path in ["x.png", "", "..", String(repeating: "y", count: 500)] {
            #expect(Self.isSafe(Self.name(path, prefix: prefix)))
        }
    }

    @Test func anyBytesMakeASafeName() {
        var random = SystemRandomNumberGenerator()
        let parts = [
            "%", "2", "e", "f", "/", ".", "-", "%00", "%5c", "%2F", "%E2%80%AE", "a", " ", "CON", "%FF", "?", "#", ":", "ü",
            "\u{200D}",
        ]
        for _ in 0..<2000 {
            let path = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
                .joined()
            let name = Self.name(path, prefix: Bool.random(using: &random) ? path : nil)
            #expect(Self.isSafe(name), "\(path) became \(name)")
        }
    }

    @Test func namesAreDifferentAlsoWhereDisksMakeNoDifference() {
        var names = OutputNames(prefix: "p")
        let made = ["a.png", "A.PNG", "b/a.png", "a-2.png", "a.jpg", "%61.png", "\u{E9}.png", "e%CC%81.png"].enumerated().map {
            names.next(index: $0, url: "https://h/\($1)", type: nil).text
        }
        #expect(Array(made.prefix(6)) == ["p-a.png", "p-A-2.PNG", "p-a-3.png", "p-a-2-2.png", "p-a.jpg", "p-a-4.png"])
        #expect(Set(made.map { $0.lowercased() }).count == made.count)
    }

    @Test func tenThousandNamesAlikeTakeNoLongerThanOthers() {
        var names = OutputNames(prefix: "p")
        let made = (0..<10_000).map {
            names.next(index: $0, url: "https://h/\($0 % 2 == 0 ? "same" : "SAME").png", type: nil).text
        }
        #expect(Set(made.map { $0.lowercased() }).count == 10_000 && made.last == "p-SAME-10000.png")
    }

    @Test func theTypeSaysTheEndWhereTheNameDoesNot() {
        var names = OutputNames(prefix: nil)
        #expect(names.next(index: 0, url: nil, type: "image/png;x=y").text == "output-0.png")
        #expect(names.next(index: 1, url: nil, type: "IMAGE/JPEG").text == "output-1.jpg")
        #expect(names.next(index: 2, url: nil, type: "x/unknown").text == "output-2")
        #expect(names.next(index: 0, url: nil, type: "image/png").text == "output-0-2.png")
        let open = names.next(index: 4, url: "https://h/fox", type: nil)
        #expect(open.isOpen && open.text == "fox")
        #expect(OutputNames.closed(open, "image/webp; q=1") == "fox.webp" && OutputNames.closed(open, nil) == "fox")
        #expect(OutputNames.closed(open, "../../x") == "fox" && OutputNames.closed(open, "x/y") == "fox")
        #expect(names.next(index: 5, url: "https://h/fox.webp", type: nil).text == "fox-2.webp", "what it may become is taken")
        #expect(names.next(index: 6, url: "https://h/Fox", type: nil).text == "Fox-3", "nor does it take what is taken")
        let closed = names.next(index: 7, url: "https://h/x.png", type: nil)
        #expect(OutputNames.closed(closed, "image/webp") == "x.png", "a name that has an end keeps it")
    }

    @Test func everyEndOfATypeIsAnEndOfThatType() {
        for type in MIMEType.all { #expect(MIMEType.ending(of: type).map { MIMEType.of(fileName: "x.\($0)") } == type) }
        #expect(MIMEType.ending(of: "") == nil && MIMEType.ending(of: MIMEType.unknown) == nil)
        #expect(
            MIMEType.of(url: "https://h/a.png?x=.gif#.jpg") == "image/png" && MIMEType.of(url: "https://h.png") == "image/png")
    }
}
