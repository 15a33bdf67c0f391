// What to do when the connection of a stream has ended: whether the stream is over, whether to ask for the rest of it,
// and when. No clock, no I/O.

struct ResumePolicy: Sendable {
    /// How a connection, or the attempt at one, came to its end.
    enum Ending: Sendable {
        /// The server's answer was an event stream and has ended.
        case closed
        case failure(TransportFailure)
        /// An answer that is not 200.
        case status(Int, retryAfter: Double?)
        /// 200, and the body is something else.
        case notAStream

        /// The time for the whole was over first.
        var isPastDeadline: Bool {
            if case .failure(let failure) = self { failure.reason == .timeout(.total) } else { false }
        }
    }

    enum Decision: Sendable, Equatable {
        /// `done` was read: there is nothing more.
        case finished
        /// Seconds to wait; then ask for what follows the last event.
        case reconnect(after: Double)
        /// The stream stops here, and `done` has not been read.
        case truncated
    }

    /// In a row, without one new event from any of them.
    var maximumReconnects = 5
    /// A server that asks for more than this is not waited for: the caller gets its answer at once.
    var longestRetryAfter: Double = 60
    /// A longer `retry` is taken for this.
    var longestRetry: Double = 30
    /// Of a prediction that was just made, the stream may not be known everywhere yet.
    var mayBeAbsent = false
    private(set) var fruitlessReconnects = 0

    /// `hadNewEvents`: this connection brought an event that had not been delivered before. `random` is uniform in 0..<1.
    mutating func decide(
        after ending: Ending, isDone: Bool, hadNewEvents: Bool, retryMilliseconds: Int?, random: Double
    ) -> Decision {
        if isDone { return .finished }
        if hadNewEvents { (fruitlessReconnects, mayBeAbsent) = (0, false) }
        guard mayReconnect(after: ending), fruitlessReconnects < maximumReconnects else { return .truncated }
        var delay = self.delay(hadNewEvents, retryMilliseconds, random)
        if case .status(_, let retryAfter?) = ending {
            guard retryAfter <= longestRetryAfter else { return .truncated }
            // Those who were told the same second do not come back at the same instant.
            delay = max(delay, retryAfter + 0.25 * random)
        }
        fruitlessReconnects += 1
        return .reconnect(after: delay)
    }

    /// The server's own `retry` before anything else. A stream that was running goes on at once: most cuts are a proxy's
    /// time limit. A server that gives nothing is asked less and less often.
    private func delay(_ hadNewEvents: Bool, _ retryMilliseconds: Int?, _ random: Double) -> Double {
        if let retryMilliseconds { return min(longestRetry, Double(max(0, retryMilliseconds)) / 1000) }
        if hadNewEvents { return 0 }
        return min(4, 0.1 * Double(1 << min(fruitlessReconnects, 10))) * random
    }

    private func mayReconnect(after ending: Ending) -> Bool {
        switch ending {
        case .closed: return true
        case .failure(let failure):
            switch failure.reason {
            case .canceled, .setup, .tooLarge, .refused, .content, .timeout(.total): return false
            case .name, .connect, .tls, .send, .receive, .truncated, .malformed, .timeout(.connect), .timeout(.idle): return true
            }
        // 204 is the standard's way to say that there is nothing more; a 4xx will be the same next time.
        case .status(404, _): return mayBeAbsent
        case .status(let status, _): return [408, 425, 429].contains(status) || (500...599).contains(status)
        case .notAStream: return false
        }
    }
}
