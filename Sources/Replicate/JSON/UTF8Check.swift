// The strict UTF-8 rule (Unicode table 3-7): no overlong forms, no surrogates, nothing past U+10FFFF.

enum UTF8Check {
    /// The length of the well-formed sequence of two to four bytes that starts at `start`; 0 if there is none.
    static func sequenceLength(in text: [UInt8], at start: Int) -> Int {
        func byte(_ offset: Int) -> UInt8 { start + offset < text.count ? text[start + offset] : 0 }
        func continues(_ offset: Int) -> Bool { byte(offset) & 0xC0 == 0x80 }

        switch text[start] {
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0: return (0xA0...0xBF).contains(byte(1)) && continues(2) ? 3 : 0
        case 0xED: return (0x80...0x9F).contains(byte(1)) && continues(2) ? 3 : 0
        case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
        case 0xF0: return (0x90...0xBF).contains(byte(1)) && continues(2) && continues(3) ? 4 : 0
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
        case 0xF4: return (0x80...0x8F).contains(byte(1)) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }
}
