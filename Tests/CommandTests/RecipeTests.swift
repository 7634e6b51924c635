import DeltaCLData
import Testing

@testable import deltacl

extension CommandTests {
  @Suite struct RecipeTests {
    @Test func recipesRepeatTrainings() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl.train(
        folder.path("run"), "--max-steps", "3", "--seed", "18446744073709551615", "--learning-rate", "0.02",
        "--nesterov")
      #expect(run.status == 0, "\(run.errors)")
      let recipe = folder.path("run/recipe.json")
      #expect(folder.text("run/recipe.json").contains("\n  \"seed\": 18446744073709551615,\n"))

      let again = try Deltacl("train", "--recipe", recipe, "--output", folder.path("again"))
      #expect(again.status == 0, "\(again.errors)")
      for name in ["model.safetensors", "recipe.json"] {
        #expect(folder.bytes("again/\(name)") == folder.bytes("run/\(name)"), "\(name)")
      }
    }

    @Test func commandLinesComeBeforeRecipes() throws {
      let folder = try TemporaryFolder()
      let path = folder.path("recipe.json")
      try AtomicFile.write(
        #"{"schedule": "exponential", "seed": 3, "epochs": 4, "no-shuffle": true, "new-head": false, "output": "a b"}"#,
        to: path)
      // The factor is for the recipe's schedule.
      let given = try TrainCommand.parse(["--recipe", path, "--schedule-factor", "0.5", "--seed", "2"])
      let command = try TrainingRecipe.command(adding: given, to: path)
      #expect(command.schedule.schedule == .exponential && command.schedule.scheduleFactor == 0.5)
      #expect(command.hyperparameters.seed == 2 && command.hyperparameters.epochs == 4)
      #expect(command.hyperparameters.noShuffle && !command.newHead)
      #expect(command.output == "a b" && command.recipe == nil)
    }

    @Test func whatIsNoRecipeIsAFailure() throws {
      let folder = try TemporaryFolder()
      let path = folder.path("recipe.json")
      for (text, words) in [
        ("", "recipe.json: is not JSON; a recipe is a JSON object"), ("[1]", "is not an object"),
        (#"{"epochs": null}"#, "'epochs' must be a number, a text in quotes, true or false"),
        (#"{"epochs": [1]}"#, "'epochs' must be a number, a text in quotes, true or false"),
        (#"{"learnin-rate": 1}"#, "there is no option 'learnin-rate' for recipes; the nearest is 'learning-rate'"),
        (#"{"resume": "run"}"#, "there is no option 'resume'"),
        (#"{"epochs": "3"}"#, "'epochs' must be a number"), (#"{"dataset": 3}"#, "'dataset' must be a text in quotes"),
        (#"{"nesterov": 1}"#, "'nesterov' must be true or false"),
        (#"{"epochs": 1.5}"#, "it must be a whole number from 1 to"),
        (#"{"epochs": 1e400}"#, "epochs"),
        (#"{"optimizer": "adams"}"#, "adamw"), (#"{"dataset": ""}"#, "dataset"),
        (#"{"optimizer": "adam", "momentum": 0.5}"#, "recipe.json: adam takes no --momentum"),
      ] {
        try AtomicFile.write(text, to: path)
        try Deltacl("train", "--recipe", path, "--output", folder.path("run")).expectFailure(saying: words)
      }
      try Deltacl("train", "--recipe", folder.path("none")).expectFailure(saying: "none: cannot open")
      #expect(folder.names(in: "run").isEmpty)
    }

    @Test func editDistances() {
      for (first, second, distance) in [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("seed", "see", 1)] {
        #expect(first.editDistance(to: second) == distance)
        #expect(second.editDistance(to: first) == distance)
      }
    }
  }
}
