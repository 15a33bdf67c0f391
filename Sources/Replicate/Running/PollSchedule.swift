// When to look at a running prediction again. Never sooner than the interval, a little later at random, so that programs
// started together do not ask together; and not past the deadline.

struct PollSchedule: Sendable {
    var interval: Duration
    var deadline: ContinuousClock.Instant?

    static let jitter = 0.2

    enum Next: Equatable, Sendable {
        case poll(at: ContinuousClock.Instant)
        /// The deadline comes first.
        case giveUp(at: ContinuousClock.Instant)
    }

    static func delay(_ interval: Duration, random: Double) -> Duration { interval * (1 + jitter * random) }

    /// `random` is uniform in 0..<1.
    func next(after now: ContinuousClock.Instant, random: Double) -> Next {
        let at = now + Self.delay(interval, random: random)
        guard let deadline, deadline <= at else { return .poll(at: at) }
        return .giveUp(at: deadline)
    }
}
