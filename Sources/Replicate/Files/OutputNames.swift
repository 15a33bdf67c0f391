// Names for the files of one output, as they are saved into a folder: what a person can read, made of what a server sent, and
// whatever that was, one component of a path on any disk.

struct OutputNames {
    /// In bytes, of a whole name.
    static let longest = 200
    private static let longestPrefix = 64
    /// Kept free where the server's answer will say what the name has to end with.
    private static let longestEnding = 12

    struct Name: Sendable, Equatable {
        let text: String
        /// The type that the server names decides on the end.
        let isOpen: Bool
    }

    private let prefix: String
    /// Folded, for some disks take two such names for one.
    private var taken: Set<String> = []
    private var takenStems: Set<String> = []
    private var openStems: Set<String> = []
    /// Of a name that is met again, the number to go on with: a server may call ten thousand files alike.
    private var numbers: [String: Int] = [:]

    /// `prefix`: what every name begins with, such as the prediction's id.
    init(prefix: String?) {
        let cleaned = Self.cleaned(prefix ?? "")
        self.prefix = Self.isReadable(cleaned) ? Self.trimmed(Self.cut(cleaned, to: Self.longestPrefix)) : ""
    }

    /// Of the file number `index`, from 0, at a URL; or of a data: URI, with its type.
    mutating func next(index: Int, url: String?, type: String?) -> Name {
        let name = url.map { Self.cleaned(Self.decoded(Self.lastSegment(of: $0))) } ?? ""
        var stem = Self.isReadable(name) ? name : "output-\(index)"
        var ending = ""
        if let found = Self.ending(of: stem) {
            ending = found
            // By code points, as it was found.
            stem = String(String.UnicodeScalarView(stem.unicodeScalars.dropLast(found.unicodeScalars.count)))
        } else if let type, let found = MIMEType.ending(of: type) {
            ending = "." + found
        }
        let isOpen = ending.isEmpty && type == nil
        return add(prefix.isEmpty ? stem : "\(prefix)-\(stem)", ending, isOpen)
    }

    private mutating func add(_ stem: String, _ ending: String, _ isOpen: Bool) -> Name {
        // By what they come to: whatever meets the same name counts on from the same number, however it is written, ends, or is
        // cut short. Else a server's list would be tried number by number.
        let alike = Self.folded(Self.unreserved(Self.trimmed(Self.cut(stem, to: Self.longest - 40))))
        var number = 1
        while true {
            let suffix = number == 1 ? "" : "-\(number)"
            let room = Self.longest - ending.utf8.count - suffix.utf8.count - (isOpen ? Self.longestEnding : 0)
            let part = Self.unreserved(Self.trimmed(Self.cut(stem, to: room - 1))) + suffix
            let (key, keyOfStem) = (Self.folded(part + ending), Self.folded(part))
            let isFree = !taken.contains(key) && !openStems.contains(keyOfStem) && !(isOpen && takenStems.contains(keyOfStem))
            if isFree {
                taken.insert(key)
                takenStems.insert(keyOfStem)
                if isOpen { openStems.insert(keyOfStem) }
                numbers[alike] = max(numbers[alike] ?? 2, number + 1)
                return Name(text: part + ending, isOpen: isOpen)
            }
            number = number == 1 ? numbers[alike] ?? 2 : number + 1
        }
    }

    /// By which a disk that does not tell small letters from large ones may take two names for one: \u{17F} is an s there.
    private static func folded(_ name: String) -> String { name.uppercased().lowercased() }

    /// An open name with the end for what the server said that it is.
    static func closed(_ name: Name, _ type: String?) -> String {
        guard name.isOpen, let type, let ending = MIMEType.ending(of: type) else { return name.text }
        return "\(name.text).\(ending)"
    }

    // MARK: One name

    private static func lastSegment(of url: String) -> String {
        // Not by libcurl, which resolves what stands for another folder.
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let segments = FilePath.parts(Substring(path))
        // The scheme and the host are none.
        return segments.count > 2 ? String(segments[segments.count - 1]) : ""
    }

    /// Without its %XX; what is no UTF-8 becomes U+FFFD.
    private static func decoded(_ text: String) -> String {
        var text = text
        return String(decoding: text.withUTF8 { URIByte.decoded(UnsafeRawBufferPointer($0)).bytes }, as: UTF8.self)
    }

    /// Without what separates, ends, hides or turns round: the rest may stand anywhere inside of a name, though not yet at its
    /// ends.
    private static func cleaned(_ name: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Zero-width characters and those that write from right to left are of the format kind.
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: clean.append("_")
            case .spaceSeparator: clean.append(" ")
            default: clean.append("/\\<>:\"|?*%\u{FFFD}".unicodeScalars.contains(scalar) ? "_" : scalar)
            }
        }
        return trimmed(String(clean))
    }

    /// A dot hides a file, a dash makes it an option of a program, and some systems drop dots and spaces at the end.
    private static func trimmed(_ name: String) -> String {
        var scalars = Substring(name).unicodeScalars
        while let first = scalars.first, first == "." || first == "-" || first == " " { scalars.removeFirst() }
        while let last = scalars.last, last == "." || last == " " { scalars.removeLast() }
        return String(scalars)
    }

    private static func isReadable(_ name: String) -> Bool {
        name.unicodeScalars.contains { !"_-. ".unicodeScalars.contains($0) }
    }

    /// By code points: one letter can have more accents than fit.
    private static func cut(_ name: String, to limit: Int) -> String {
        var room = limit
        return String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix { scalar in
                    room -= UTF8.width(scalar)
                    return room >= 0
                }))
    }

    /// Such as ".png": at most ten letters and digits behind something.
    private static func ending(of name: String) -> String? {
        guard let dot = name.unicodeScalars.lastIndex(of: "."), dot > name.startIndex else { return nil }
        let letters = name.utf8[name.utf8.index(after: dot)...]
        guard (1...10).contains(letters.count), letters.allSatisfy({ isDigit($0) || (0x61...0x7A).contains($0 | 0x20) }) else {
            return nil
        }
        return String(name[dot...])
    }

    private static let reserved: Set<String> = {
        let numbers = (0...9).map(String.init) + ["\u{B9}", "\u{B2}", "\u{B3}"]
        return Set(["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"] + numbers.flatMap { ["COM\($0)", "LPT\($0)"] })
    }()

    /// Windows takes these for devices, whatever follows behind a dot.
    private static func unreserved(_ stem: String) -> String {
        var device = Substring(stem).unicodeScalars.prefix { $0 != "." }
        while device.last == " " { device.removeLast() }
        return reserved.contains(String(device).uppercased()) ? "_" + stem : stem
    }
}
