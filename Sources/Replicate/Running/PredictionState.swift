// What one snapshot of a prediction (or training) says about how to go on. It reads the few fields that it needs and
// takes nothing else for granted.

struct PredictionState: Sendable {
    enum Status: Equatable, Sendable {
        case starting, processing, succeeded, failed, canceled, aborted
        /// A word that this library does not know: not an end, and not waited for without bound.
        case unknown(String)

        init(_ word: String?) {
            self =
                switch word {
                case "starting": .starting
                case "processing": .processing
                case "succeeded": .succeeded
                case "failed": .failed
                case "canceled": .canceled
                case "aborted": .aborted
                default: .unknown(word ?? "")
                }
        }

        var isTerminal: Bool {
            switch self {
            case .succeeded, .failed, .canceled, .aborted: true
            case .starting, .processing, .unknown: false
            }
        }
    }

    let snapshot: JSON
    let id: String?
    let status: Status
    let hasOutput: Bool

    init(_ snapshot: JSON) {
        self.snapshot = snapshot
        id = snapshot["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        status = Status(snapshot["status"]?.string)
        hasOutput = snapshot["output"].map { !$0.isNull } ?? false
    }

    /// After a create whose answer was held back, the service hands outputs over before it has tidied up: `processing`
    /// with an output is then success. Without an output it is not.
    func isFinished(afterHeldCreate: Bool) -> Bool {
        status.isTerminal || (afterHeldCreate && status == .processing && hasOutput)
    }

    /// Whether a reader would want to see this after `earlier`.
    func differs(from earlier: PredictionState) -> Bool {
        !snapshot.bytes.elementsEqual(earlier.snapshot.bytes)
    }

    /// The error that an ended prediction stands for; nil for one that succeeded.
    func failure(of job: Job) -> ReplicateError? {
        let text = snapshot["error"].flatMap { $0.isNull ? nil : $0.string ?? String(decoding: $0.bytes, as: UTF8.self) }
        let reason = text.map { ForeignText.cleaned($0) } ?? ""
        var error: ReplicateError
        switch status {
        case .failed:
            let meaning = FailureText.meaning(text ?? "")
            error = ReplicateError(meaning.kind, reason.isEmpty ? "the \(job.rawValue) failed" : reason)
            error.retryable = meaning.retryable
            error.code = meaning.code
        case .canceled: error = ReplicateError(.canceled, reason.isEmpty ? "the \(job.rawValue) was canceled" : reason)
        case .aborted:
            error = ReplicateError(.canceled, reason.isEmpty ? "the \(job.rawValue) was aborted before it started" : reason)
        case .starting, .processing, .succeeded, .unknown: return nil
        }
        error.prediction = snapshot
        return error
    }
}
