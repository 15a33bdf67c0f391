// Makes a story of any length, token by token, out of a table of phrases: readable, and always the same for one prompt
// and seed. There is nothing more behind it.

struct StoryTeller: Sendable {
    private enum Part: Sendable {
        case word(String)
        /// One of a list of words, or one of the prompt's.
        case any([String])
        case topic
        /// What stands close behind the word before it.
        case mark(String)
    }

    private static let creatures = words("fox lamplighter heron clockmaker ferryman magpie baker tortoise gardener otter")
    private static let qualities = words("quiet crooked golden patient hollow early gentle narrow forgotten bright small")
    private static let moves = words("wandered hurried slipped marched drifted climbed waited sailed")
    private static let ways = words("past behind through above beside across towards around")
    private static let places = words("harbour orchard library bridge market lighthouse meadow staircase station mill")
    private static let things = words("letter lantern key map bell kite feather teacup compass drum")
    private static let times = words("morning evening winter afternoon midnight Sunday")

    private static let sentences: [[Part]] = [
        phrase("The") + [.any(qualities), .any(creatures), .any(moves), .any(ways)] + phrase("the") + [.any(places), .mark(".")],
        phrase("One") + [.any(times), .mark(",")] + phrase("the") + [.any(creatures)] + phrase("found a")
            + [.any(things)] + phrase("and thought of") + [.topic, .mark(".")],
        [.word("\"Tell"), .word("me"), .word("about"), .topic, .mark(",\"")] + phrase("said the") + [
            .any(creatures), .mark("."),
        ],
        phrase("It was") + [.any(qualities)] + phrase("and") + [.any(qualities), .mark(",")] + phrase("as every")
            + [.any(things)] + phrase("in the") + [.any(places)] + phrase("is") + [.mark(".")],
        phrase("Nobody in the") + [.any(places)] + phrase("had seen such a") + [.any(things)] + phrase("before") + [.mark(".")],
        phrase("So the") + [.any(creatures), .any(moves)] + phrase("on,") + [.any(ways)] + phrase("the") + [.any(places)]
            + phrase("and back again") + [.mark(".")],
    ]
    private static let sentencesInParagraph = 4

    private let topics: [String]
    private var state: UInt64
    private var pending: [String] = []
    private var position = 0
    private var told = 0

    init(prompt: String, seed: String) {
        let known = prompt.split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 3 }.map(String.init)
        topics = known.isEmpty ? ["the sea"] : known
        state = 0xCBF2_9CE4_8422_2325
        for byte in "\(seed)\n\(prompt)".utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// The next token: a word with the space before it, a mark, or the gap between two paragraphs. Never empty.
    mutating func next() -> String {
        if position == pending.count { tell() }
        defer { position += 1 }
        return pending[position]
    }

    /// One more sentence.
    private mutating func tell() {
        pending.removeAll(keepingCapacity: true)
        position = 0
        var isFirst = told % Self.sentencesInParagraph == 0
        if isFirst, told > 0 { pending.append("\n\n") }
        told += 1
        for part in Self.sentences[number(below: Self.sentences.count)] {
            let word: String
            switch part {
            case .mark(let mark):
                pending.append(mark)
                continue
            case .word(let text): word = text
            case .any(let list): word = list[number(below: list.count)]
            case .topic: word = topics[number(below: topics.count)]
            }
            pending.append(isFirst ? word : " " + word)
            isFirst = false
        }
    }

    /// SplitMix64: small, and enough for choosing words.
    private mutating func number(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    private static func phrase(_ text: String) -> [Part] { words(text).map { .word($0) } }
}
