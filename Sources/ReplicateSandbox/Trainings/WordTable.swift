// What the trainable model learns: which completion belongs to which prompt, and which word follows which.

import Replicate

struct WordTable: Sendable {
    /// The words that came after a word, in the order in which they were first seen, and how often each came.
    private struct Followers: Sendable {
        var order: [String] = []
        var counts: [String: Int] = [:]

        mutating func add(_ word: String) {
            if counts[word] == nil { order.append(word) }
            counts[word, default: 0] += 1
        }
    }

    private var completions: [String: String] = [:]
    private var followers: [String: Followers] = [:]

    /// Nothing follows a text's last word but this.
    private static let end = ""

    mutating func learn(prompt: String, completion: String) {
        completions[Self.key(prompt)] = completion
        learn(text: "\(prompt) \(completion)")
    }

    mutating func learn(text: String) {
        let words = Self.words(text)
        for (word, next) in zip(words, words.dropFirst() + [Self.end]) {
            followers[word, default: Followers()].add(next)
        }
    }

    /// The completion that was learned for the prompt; otherwise words as they mostly followed each other, each pair at
    /// most as often as it was seen. Empty where the prompt has no word that was ever seen.
    func completion(of prompt: String, words limit: Int) -> String {
        if let known = completions[Self.key(prompt)] { return known }
        guard var word = Self.words(prompt).last(where: { followers[$0] != nil }) else { return "" }
        var spent: [String: [String: Int]] = [:]
        var text: [String] = []
        while text.count < limit {
            let seen = followers[word] ?? Followers()
            var best: (word: String, left: Int)?
            for next in seen.order {
                let left = (seen.counts[next] ?? 0) - (spent[word]?[next] ?? 0)
                if left > best?.left ?? 0 { best = (next, left) }
            }
            guard let next = best?.word, next != Self.end else { break }
            spent[word, default: [:]][next, default: 0] += 1
            text.append(next)
            word = next
        }
        return text.joined(separator: " ")
    }

    /// The table itself, for whoever wants to see what was learned.
    var json: [UInt8] {
        var known = JSONArray()
        for (prompt, completion) in completions.sorted(by: { $0.key < $1.key }) {
            known.add(raw: Self.array([JSONString.quoted(prompt), JSONString.quoted(completion)]))
        }
        var pairs = JSONArray()
        for (word, seen) in followers.sorted(by: { $0.key < $1.key }) {
            for next in seen.order {
                let count = Array("\(seen.counts[next] ?? 0)".utf8)
                pairs.add(raw: Self.array([JSONString.quoted(word), JSONString.quoted(next), count]))
            }
        }
        var object = JSONObject()
        object.add("completions", raw: known.text)
        object.add("pairs", raw: pairs.text)
        return object.text
    }

    private static func array(_ values: [[UInt8]]) -> [UInt8] {
        var array = JSONArray()
        for value in values { array.add(raw: value) }
        return array.text
    }

    /// Prompts count as the same whatever their case and spaces.
    private static func key(_ prompt: String) -> String { words(prompt.lowercased()).joined(separator: " ") }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
