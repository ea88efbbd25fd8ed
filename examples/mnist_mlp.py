"""The network of mnist_mlp.trenza, written as a program, with a training loop of its own.

Only the import of the engine tells it from one for TensorFlow. TRENZA_DATA may name the folder of mnist.npz.
"""

import argparse

import numpy as np

import engine as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=5)
args = parser.parse_args()

tf.keras.utils.set_random_seed(1)
(x, y), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
mean, deviation = x.mean(), x.std()
x, x_test = (((images - mean) / deviation).astype("float32") for images in (x, x_test))
y, y_test = y.astype("int32"), y_test.astype("int32")

model = tf.keras.Sequential(
    [
        tf.keras.Input(shape=(28, 28)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10),
    ]
)
loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.SGD(learning_rate=0.01)


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


rng = np.random.default_rng(1)
for epoch in range(args.epochs):
    order = rng.permutation(len(x))
    losses = []
    for begin in range(0, len(x), 32):
        batch = order[begin : begin + 32]
        losses.append(float(train_step(x[batch], y[batch])))
    accuracy = np.mean(model.predict(x_test).argmax(axis=1) == y_test)
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, test accuracy {accuracy:.4f}")
