"""Words of the panel of layers: short names of what is wrong, and what one sees in a chart."""

from __future__ import annotations

from typing import Final

from studio.ui.i18n import N_

#: What is wrong, in a word or two, by the rule that says so.
SHORT: Final[dict[str, str]] = {
    "input_scale": N_("scale of the input"),
    "constant_input": N_("input all the same"),
    "label_range": N_("range of the labels"),
    "label_offset": N_("labels off by one"),
    "class_imbalance": N_("one class only"),
    "target_scale": N_("scale of the answers"),
    "classes_as_amounts": N_("classes as amounts"),
    "mixed_examples": N_("examples mixed"),
    "softmax_twice": N_("softmax twice"),
    "logits_flag": N_("logits or not"),
    "sigmoid_for_classes": N_("sigmoid for classes"),
    "single_score": N_("a single score"),
    "out_of_reach": N_("answers out of reach"),
    "linear_stack": N_("linear in a row"),
    "dropout_rate": N_("dropout too high"),
    "not_finite": N_("no numbers"),
    "dead_units": N_("dead units"),
    "saturated_units": N_("saturated"),
    "vanishing_gradient": N_("vanishing gradient"),
    "exploding_gradient": N_("exploding gradient"),
    "frozen_layer": N_("does not change"),
    "units_alike": N_("units all alike"),
    "rate_too_high": N_("learning rate too high"),
    "rate_too_low": N_("learning rate too low"),
    "diverging_loss": N_("loss diverges"),
    "nothing_learned": N_("nothing learned"),
    "same_prediction": N_("always the same answer"),
    "weight_penalty": N_("penalty too high"),
    "running_means": N_("running means lag"),
    "overfitting": N_("overfitting"),
}

#: What the charts are called, and what one can see in them.
CHARTS: Final[dict[str, tuple[str, str]]] = {
    "values": (
        N_("Weights"),
        N_(
            "How the elements are spread at each look: strong where many are. They should widen slowly and come to "
            "rest; a spread that runs away, or shrinks to a line, is a sign of trouble."
        ),
    ),
    "gradients": (
        N_("Gradients"),
        N_(
            "How the loss's gradient by the elements is spread: around zero, narrower as the loss falls. A line from "
            "the beginning on means that hardly anything comes back to here."
        ),
    ),
    "norms": (
        N_("Lengths of weight and gradient"),
        N_(
            "The length of the weight and that of its gradient, on a logarithmic axis. A gradient that is longer than "
            "the weight tears it apart; one that is shorter by a million moves nothing."
        ),
    ),
    "ratio": (
        N_("Update ratio"),
        N_(
            "By how much of its length a step changes the weight. About a thousandth is healthy; far above, the "
            "learning rate is too high or the gradient explodes, far below, it is too low or the gradient vanishes."
        ),
    ),
    "activations": (
        N_("Activations"),
        N_("How what comes out of the activation function is spread, over all examples of a look."),
    ),
    "mean": (
        N_("Mean of the activations"),
        N_("Their mean, and one standard deviation around it. A deviation near zero says the same of all examples."),
    ),
    "shares": (
        N_("Saturated and dead"),
        N_(
            "The share of the values that lie at a flat end of the function, and of the units that no example of the "
            "last looks wakes: neither lets a gradient through."
        ),
    ),
    "depth": (
        N_("Gradient by depth"),
        N_(
            "The gradient of an element of each kernel (root of the mean square), from the data on at the left to the "
            "loss at the right: falling to the left it vanishes, rising to the left it explodes. Click a layer to "
            "see it."
        ),
    ),
    "updates": (
        N_("Update ratio by layer"),
        N_(
            "By how much of its length a step changes each kernel. About a thousandth is healthy. Click a layer to "
            "see it."
        ),
    ),
    "map": (
        N_("Gradient by depth over the steps"),
        N_(
            "A line for each kernel, the first one at the top: strong where the gradient of an element is large, on a "
            "logarithmic scale of six powers of ten."
        ),
    ),
}
