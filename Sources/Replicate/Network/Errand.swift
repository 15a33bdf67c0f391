// An operation that has a task only while it does something; Errands says when that is.

/// One operation of a caller's, as steps that each run in a task.
public enum Errand {
    public typealias Step = @Sendable () async -> Next

    public enum Next: Sendable {
        case end
        /// `by`: when the step is to run even if its turn has not come.
        case again(at: ContinuousClock.Instant, by: ContinuousClock.Instant?, Turn, Step)
    }

    /// One on its way to the network thread.
    struct Begun: Sendable {
        let id: UInt64
        let turn: Turn
        let by: ContinuousClock.Instant?
        let step: Step
    }

    /// Whom a step waits for.
    public enum Turn: Sendable {
        case atOnce
        /// Those that began before.
        case newcomer
        /// Other looks; apart from the newcomers, so that neither keeps the other waiting.
        case look
        /// Others that end what nobody waits for any longer.
        case ending
    }
}
