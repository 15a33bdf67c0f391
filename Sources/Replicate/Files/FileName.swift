// A file's name as it may stand in the head of a form's part, and on any disk: one name, without what would end or leave it.

enum FileName {
    /// In bytes; the service takes no more.
    static let longest = 255

    /// The last part of a path, made safe; "file" where nothing is left of it.
    static func of(path: String) -> String {
        cleaned(String(FilePath.parts(Substring(path)).last ?? ""))
    }

    static func cleaned(_ name: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            clean.append(isControl || "\"\\/".unicodeScalars.contains(scalar) ? "_" : scalar)
        }
        let text = String(clean)
        return text.isEmpty || text == "." || text == ".." ? "file" : shortened(text)
    }

    /// Without some of its middle: the end says what it is.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longest else { return name }
        var end = ""
        if let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 16 { end = String(name[dot...]) }
        // By code points: one letter can have more accents than fit.
        var start = ""
        var room = longest - end.utf8.count
        for scalar in name.unicodeScalars {
            room -= UTF8.width(scalar)
            guard room >= 0 else { break }
            start.unicodeScalars.append(scalar)
        }
        return start + end
    }
}
