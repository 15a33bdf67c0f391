// Whether a request may be sent once more, and when. The rule for creates is the library's first promise: they are
// repeated only when nothing of them can have reached the server, or when the server said 429.

struct RetryPolicy: Sendable {
    /// What a repetition of the request would do.
    enum Repetition: Sendable {
        /// Nothing: it only reads.
        case harmless
        /// The same end state: cancel, delete.
        case sameEndState
        /// A second, billed thing.
        case createsAnother
    }

    enum Outcome: Sendable {
        case failure(TransportFailure)
        case status(Int, retryAfter: Double?)
        /// A 2xx whose body is not the JSON it should be.
        case unreadable
    }

    var maximumRetries = 2
    /// The most that is waited before the first retry, in seconds; twice that before the second, and so on, up to 16 times.
    var firstDelay: Double = 0.5
    /// A server that asks for more than this is not waited for: the caller gets its answer at once.
    var longestRetryAfter: Double = 60

    /// Seconds to wait before the next try, or nil to give up. `random` is uniform in 0..<1.
    func delay(after outcome: Outcome, of repetition: Repetition, retriesMade: Int, random: Double) -> Double? {
        guard retriesMade < maximumRetries, mayRepeat(outcome, repetition) else { return nil }
        if case .status(_, let retryAfter?) = outcome {
            // Those who were told the same second do not come back at the same instant.
            return retryAfter <= longestRetryAfter ? retryAfter + 0.25 * random : nil
        }
        return firstDelay * Double(1 << min(retriesMade, 4)) * random
    }

    private func mayRepeat(_ outcome: Outcome, _ repetition: Repetition) -> Bool {
        switch outcome {
        case .failure(let failure):
            switch failure.reason {
            case .canceled, .setup, .tooLarge, .refused, .content, .timeout(.total): return false
            case .name, .connect, .tls, .send, .receive, .truncated, .malformed, .timeout(.connect), .timeout(.idle):
                // What the server has said it did is not asked for again, though its words were cut.
                if (200..<300).contains(failure.beginning?.status ?? 0) { return repetition == .harmless }
                return repetition != .createsAnother || !failure.requestTouched
            }
        case .status(429, _): return true
        case .status(let status, _): return Self.isTransient(status) && repetition != .createsAnother
        case .unreadable: return repetition == .harmless
        }
    }

    static func isTransient(_ status: Int) -> Bool { [408, 425, 500, 502, 503, 504].contains(status) }

    static func delivery(of outcome: Outcome) -> ReplicateError.Delivery {
        switch outcome {
        case .failure(let failure): failure.requestTouched ? .maybeSent : .notSent
        case .status(let status, _): (300..<500).contains(status) && !isTransient(status) ? .rejected : .maybeSent
        case .unreadable: .maybeSent
        }
    }
}
