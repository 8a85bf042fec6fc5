package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstAnswersTest {
  private final List<String> answered = new ArrayList<>();

  @Test
  void answersAreHeldUntilReleased() {
    FirstAnswers answers = FirstAnswers.heldUntil(2);
    answers.whenReleased(() -> answered.add("first"));
    assertThat(answers.full()).isNotDone();
    answers.whenReleased(() -> answered.add("second"));
    assertThat(answers.full()).isDone();
    answers.whenReleased(() -> answered.add("one too many"));
    assertThat(answered).isEmpty();
    answers.release();
    assertThat(answered).containsExactly("first", "second", "one too many");
  }

  @Test
  void onceReleasedAnswersPass() {
    FirstAnswers answers = FirstAnswers.heldUntil(2);
    answers.release();
    answers.whenReleased(() -> answered.add("at once"));
    assertThat(answered).containsExactly("at once");
    assertThat(answers.full()).isNotDone();
  }

  @Test
  void withoutHoldAnswersPass() {
    FirstAnswers.notHeld().whenReleased(() -> answered.add("at once"));
    assertThat(answered).containsExactly("at once");
  }
}
