// How long a server asks to wait: in the Retry-After header (seconds or a date), in the body's `retry_after`, or in the
// ratelimit-reset header, in this order.

import CCurl
import Glibc

enum RetryAfter {
    static func seconds(_ response: HTTPResponse, body: JSON?) -> Double? {
        if let value = response.header("retry-after") {
            if let seconds = Self.seconds(value) { return seconds }
            if let date = Self.date(value) {
                let now = response.header("date").flatMap { Self.date($0) } ?? Double(time(nil))
                return max(0, date - now)
            }
        }
        if let seconds = body?["retry_after"]?.double, seconds < 1e9, isUsable(seconds) { return seconds }
        return response.header("ratelimit-reset").flatMap { Self.seconds($0) }
    }

    /// Digits, with a fraction if need be: no sign, no exponent.
    static func seconds(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        return Double(text).flatMap { isUsable($0) ? $0 : nil }
    }

    private static func isUsable(_ seconds: Double) -> Bool { seconds.isFinite && seconds >= 0 }

    /// The three forms of HTTP dates, by libcurl; in seconds since 1970.
    private static func date(_ text: String) -> Double? {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Double(seconds)
    }
}
