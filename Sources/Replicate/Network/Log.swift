// What REPLICATE_LOG has written to standard error: a line for each answer, and more. Made for bug reports, which strangers
// read: no token, no body, no query, of other hosts not even the path (the addresses of files and streams are their keys), and
// of headers only those that hold no secret.

import Glibc

struct Log: Sendable {
    enum Level: String, Sendable, CaseIterable, Comparable {
        /// What failed.
        case error
        /// Every answer and every retry.
        case info
        /// Every request too, and headers.
        case debug

        private var rank: Int { Level.allCases.firstIndex(of: self) ?? 0 }
        static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }
    }

    let level: Level
    private let api: Origin
    private let secret: String?

    /// Nil for a variable that names no level.
    init?(_ variable: String?, api: Origin, hiding secret: String?) {
        guard let variable, let level = Level(rawValue: variable.lowercased()) else { return nil }
        (self.level, self.api, self.secret) = (level, api, secret)
    }

    func text(_ exchange: Exchange) -> String? {
        let what = "\(exchange.method) \(address(exchange.url))"
        switch exchange.moment {
        case .request:
            return level >= .debug ? "\(what): attempt \(exchange.attempt)" : nil
        case .response(let status, let failure, let seconds):
            guard level >= .info || failure != nil || (status ?? 0) >= 400 else { return nil }
            let answer = status.map { String($0) } ?? failure?.rawValue ?? "nothing"
            return "\(what): \(answer) after \(FailedAttempt.rounded(seconds)) s"
        case .retry(let attempt):
            guard level >= .info else { return nil }
            return "\(what): again in \(FailedAttempt.rounded(attempt.wait ?? 0)) s, for \(attempt.message)"
        }
    }

    func text(_ headers: [(name: String, value: String)], sign: String) -> String? {
        guard level >= .debug, !headers.isEmpty else { return nil }
        let shown = headers.map { name, value in
            "\(sign) \(name): \(Self.open.contains(name.lowercased()) ? ForeignText.cleaned(value, hiding: secret) : "(not shown)")"
        }
        return shown.joined(separator: "\n")
    }

    private static let open: Set<String> = [
        "accept", "accept-encoding", "cache-control", "cancel-after", "content-encoding", "content-length", "content-type",
        "date",
        "prefer", "range", "content-range", "ratelimit-remaining", "ratelimit-reset", "retry-after", "server",
        "transfer-encoding", "user-agent",
    ]

    private func address(_ url: String) -> String {
        guard let whole = WebURL(url) else { return "(no URL)" }
        let origin = "\(whole.origin.scheme)://\(whole.origin.host):\(whole.origin.port)"
        guard whole.origin == api else { return origin + "/…" }
        return ForeignText.cleaned(origin + whole.path, hiding: secret)
    }

    /// Each line by itself. What standard error does not take at once is left out: a reader that sleeps stops no transfer.
    func write(_ text: String?) {
        guard let text else { return }
        for line in text.split(separator: "\n") {
            let bytes = Array("replicate: \(ForeignText.hiding(secret, in: String(line)))\n".utf8.suffix(4000))
            var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&output, 1, 0) == 1, output.revents & Int16(POLLOUT) != 0 else { return }
            _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    }
}
