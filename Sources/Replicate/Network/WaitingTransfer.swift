// A request before it is under way: whether it stands in line, until when, and whether it is too late for it to go.

extension Transfer {
    /// A request that waits to become one.
    struct Waiting {
        let id: UInt64
        let request: HTTPRequest
        let taker: Taker
        private let since = ContinuousClock.now

        init(id: UInt64, request: HTTPRequest, taker: Taker) {
            self.id = id
            self.request = request
            self.taker = taker
        }

        /// When it is over, gone or not.
        var deadline: ContinuousClock.Instant? { request.limits.isFirm ? request.limits.total.map { since + $0 } : nil }

        /// It waits for its turn; a stream does not, which may last, nor what ends something.
        var isInLine: Bool {
            guard !request.skipsLine else { return false }
            return switch taker {
            case .whole: true
            case .stream: request.isBulk && !request.isPaced
            }
        }

        /// The request with the time that is left to it.
        var requestNow: HTTPRequest {
            guard let deadline else { return request }
            var request = request
            request.limits.leave(deadline - .now)
            return request
        }

        /// See `HTTPRequest.isTooLate`.
        var isTooLate: Bool {
            guard let deadline else { return false }
            return request.isTooLate(deadline - .now)
        }
    }
}
