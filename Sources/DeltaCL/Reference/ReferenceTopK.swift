extension Reference {
  static func topK(
    _ topK: TopK, x: Span<Double>, values: consuming MutableSpan<Double>, positions: consuming MutableSpan<Int32>
  ) {
    let sign = topK.takesGreatest ? 1.0 : -1
    for outer in 0..<topK.outer {
      for inner in 0..<topK.inner {
        func at(_ place: Int) -> Int { (outer * topK.extent + place) * topK.inner + inner }
        var elements: [(value: Double, place: Int)] = []
        for place in 0..<topK.extent { elements.append((x[at(place)], place)) }
        elements.sort { a, b in
          if a.value.isNaN != b.value.isNaN { return a.value.isNaN == topK.takesGreatest }
          return sign * a.value > sign * b.value || (!(sign * a.value < sign * b.value) && a.place < b.place)
        }
        for n in 0..<topK.k {
          let to = (outer * topK.k + n) * topK.inner + inner
          values[to] = elements[n].value
          positions[to] = Int32(elements[n].place)
        }
      }
    }
  }

  static func topKDelta(
    _ topK: TopK, dy: Span<Double>, positions: Span<Int32>, dx: consuming MutableSpan<Double>
  ) {
    for index in 0..<topK.inputShape.elementCount { dx[index] = 0 }
    for outer in 0..<topK.outer {
      for inner in 0..<topK.inner {
        for n in 0..<topK.k {
          let from = (outer * topK.k + n) * topK.inner + inner
          let place = Int(positions[from])
          guard (0..<topK.extent).contains(place) else { continue }
          dx[(outer * topK.extent + place) * topK.inner + inner] += dy[from]
        }
      }
    }
  }
}
