// The Cancel-After header: a lifetime that the server enforces, such as "90", "90s", "5m" or "1h30m45s".

enum CancelAfter {
    static let least = 5

    static func check(_ text: String) throws(ReplicateError) {
        guard let seconds = seconds(text) else {
            throw ReplicateError(
                .invalidInput,
                "cancel_after must be seconds or units such as \"90s\", \"5m\" or \"1h30m\", not \"\(CallerText.shown(text))\""
            )
        }
        guard seconds >= least else {
            throw ReplicateError(.invalidInput, "cancel_after must be at least \(least) seconds")
        }
    }

    /// Nil unless the text is a bare number of seconds, or numbers with the units h, m, s in this order, each once.
    static func seconds(_ text: String) -> Int? {
        var total = 0
        var number: Int?
        var units: [UInt8: Int] = [UInt8(ascii: "h"): 3600, UInt8(ascii: "m"): 60, UInt8(ascii: "s"): 1]
        for byte in text.utf8 {
            if isDigit(byte) {
                let (product, tooLarge) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !tooLarge, product < 1_000_000_000 else { return nil }
                number = product + Int(byte - UInt8(ascii: "0"))
            } else {
                guard let count = number, let unit = units[byte] else { return nil }
                total += count * unit
                units = units.filter { $0.value < unit }
                number = nil
            }
        }
        if let number { return units.count == 3 ? number : nil }
        return text.isEmpty ? nil : total
    }
}
