import Foundation
import Testing

@testable import DeltaCL

@Suite struct ElementwiseExpressionTests {
  typealias Expression = ElementwiseExpression

  private static let (x, z) = (Expression.input(0), Expression.input(1))

  /// Values of PyTorch in double precision.
  private static let examples: [(Expression, Double, Double)] = [
    (.silu(x), 1, 0.7310585786300049), (.gelu(x), 1, 0.8413447460685429), (.gelu(x), -5, -1.4332578636560e-06),
    (.geluTanh(x), 1, 0.8411919906082768), (.mish(x), 1, 0.8650983882673103), (.elu(x), -1, -0.6321205588285577),
    (.selu(x), -1, -1.1113307378125628), (.celu(x, alpha: 2), -1, -0.7869386805747332),
    (.softplus(x), 1, 1.3132616875182228), (.softsign(x), -3, -0.75), (.hardSigmoid(x), 1, 0.6666666666666666),
    (.hardSwish(x), 1, 0.6666666666666666), (.prelu(x, slope: 0.5), -3, -1.5), (.relu6(x), 8, 6), (.relu(x), -8, 0),
    (.round(x), 2.5, 2), (.round(x), -3.5, -4), (.rsqrt(x), 4, 0.5), (.power(x, 3), -2, -8), (.clip(x, -1, 2), 3, 2),
    (.softplus(x), -100, 3.720075976020836e-44), (.mish(x), 100, 100),
  ]

  @Test(arguments: examples)
  func values(_ expression: Expression, x: Double, expected: Double) {
    // Constants are rounded to float32, and the tail of a normal distribution takes some times as much from that.
    #expect(abs(expression.value { _ in x } - expected) <= 1e-6 * abs(expected))
  }

  private static let activations: [(Expression, Float, Float)] = [
    (.silu(x), -0.0, .infinity), (.gelu(x), -0.0, .infinity), (.geluTanh(x), -0.0, .infinity),
    (.mish(x), -0.0, .infinity), (.hardSwish(x), -0.0, .infinity), (.elu(x), -1, .infinity),
    (.softplus(x), 0, .infinity), (.softsign(x), -1, 1), (.hardSigmoid(x), 0, 1), (.sigmoid(x), 0, 1),
    (.tanh(x), -1, 1), (.relu(x), 0, .infinity),
  ]

  /// With the limits of a function its derivative has them too, so that no delta becomes NaN.
  @Test(arguments: activations) func limits(f: Expression, below: Float, above: Float) {
    func value(_ expression: Expression, _ x: Double) -> Float { Float(expression.value { _ in x }) }
    let derivative = f.derivative(byInput: 0)
    for large in [1e3, 1e30, .infinity] {
      #expect(value(f, -large) == below || large < 1e9 && abs(value(f, -large) - below) < 1e-2)
      #expect(value(f, large) == min(above, Float(large)) || large < 1e9 && above == 1)
      #expect(abs(value(derivative, -large)) < 1e-5)
      #expect(abs(value(derivative, large) - (above == 1 ? 0 : 1)) < 1e-5)
    }
    #expect(value(f, -.infinity).sign == below.sign)
    #expect(value(f, .nan).isNaN)
  }

  private static let formulas: [Expression] = [
    .silu(x), .gelu(x), .geluTanh(x), .mish(x), .elu(x, alpha: 0.7), .selu(x), .celu(x, alpha: 0.7), .softsign(x),
    .hardSigmoid(x), .hardSwish(x), .prelu(x, slope: z), .clip(x, -1, 1), .relu6(x * 3), .power(z, -2),
    .where(.less(x, z), .exp(x * z), z / x), .silu(.silu(x - z)), .rsqrt(x * x + z), .log(.abs(x + 10)),
  ]

  /// Every function that is differentiated, at points where it has no step or bend.
  private static let differentiable: [Expression] =
    UnaryFunction.allCases.map { .unary($0, x) } + BinaryFunction.allCases.map { .binary($0, x, z) }
    + BinaryFunction.allCases.map { .binary($0, z * z, x) } + formulas

  @Test(arguments: differentiable) func derivativesAreCentralDifferences(_ expression: Expression) {
    for point in [[0.3, 0.8], [1.7, 0.4], [-0.6, 1.3], [-2.2, 0.9], [4.1, 2.3]] {
      for index in 0..<2 {
        func value(at distance: Double) -> Double {
          var moved = point
          moved[index] += distance
          return expression.value { moved[$0] }
        }
        let derivative = expression.derivative(byInput: index).value { point[$0] }
        let difference = (value(at: 1e-6) - value(at: -1e-6)) / 2e-6
        // Outside of the domain of a logarithm or root both are NaN.
        if difference.isNaN { continue }
        #expect(
          abs(derivative - difference) <= 1e-6 * (1 + abs(difference)),
          "\(expression) at \(point) by input \(index): \(derivative) against \(difference)")
      }
    }
  }

  @Test func equalPartsAreComputedOnce() {
    let x = Expression.input(0)
    #expect((Expression.exp(x) * 2 + Expression.exp(x) * 2).nodes.count == 5)
    #expect(x * 1 == x && x / 1 == x && Expression.where(.input(1), x, x) == x)
    #expect((2 as Expression) * 3 == 6)
    var power = x
    for _ in 0..<40 { power = power * power }
    #expect(power.nodes.count == 41)
    #expect((x + .input(1)).derivative(byInput: 0) == 1)
    #expect(Expression.floor(x).nonzeroDerivative(byInput: 0) == nil)
    #expect((x * .input(3)).inputCount == 4)
  }

  @Test func zerosOfBothSignsAndNaNAreNumbersOfTheirOwn() {
    let x = Expression.input(0)
    #expect(x * 0.0 != x * -0.0)
    #expect(x * .constant(.nan) == x * .constant(.nan))
    #expect((x * 0.0 + x * -0.0).nodes.count == 6)
  }

  @Test func inputsAreReplaced() {
    let chain = Expression.exp(.input(0) + .input(1)).substituting { $0 == 0 ? .input(1) * 2 : .input(0) }
    #expect(chain == .exp(.input(1) * 2 + .input(0)))
  }

  /// Formulas with other numbers, and shapes whose axes are repeated alike, share a program.
  @Test func formulasThatDifferInNumbersShareAProgram() throws {
    func program(_ expression: Expression, _ inputs: [Shape]) throws -> ProgramKey {
      let launches = try TensorOperation.elementwise(expression, inputs: inputs).launches(Planner.cpu, .none).launches
      return try #require(launches.first).program
    }
    let one = try program(.silu(.input(0) * 0.37) + .input(1), [[2, 3, 4, 32], [32]])
    #expect(try program(.silu(.input(0) * 0.38) + .input(1), [[9, 48], [48]]) == one)
    #expect(try program(.silu(.input(0) * 0.38) + .input(1), [[9, 48], [9, 1]]) != one)
    #expect(try program(.gelu(.input(0) * 0.37) + .input(1), [[9, 48], [48]]) != one)
  }
}
