// How a create asks the server to hold its answer until the prediction is done: the Prefer header.

enum Wait: Sendable, Equatable {
    /// Answer at once.
    case none
    /// As long as the server does by default, which is its most: 60 s.
    case longest
    case seconds(Int)

    init(_ options: Options, default standard: Wait) {
        if options.isNone(.wait) {
            self = .none
        } else if let seconds = options.number(.wait) {
            self = .seconds(seconds)
        } else {
            self = standard
        }
    }

    /// Held back for less than the whole has, so that the prediction is known, and can be canceled, when the time is over.
    func within(_ total: Duration?) -> Wait {
        guard let total, self != .none, held >= total - .seconds(1) else { return self }
        let seconds = Int(total / .seconds(1)) - 1
        return seconds >= 1 ? .seconds(seconds) : .none
    }

    var header: String? {
        switch self {
        case .none: nil
        case .longest: "wait"
        case .seconds(let seconds): "wait=\(seconds)"
        }
    }

    var held: Duration {
        switch self {
        case .none: .zero
        case .longest: .seconds(60)
        case .seconds(let seconds): .seconds(seconds)
        }
    }
}
