"""The digits network of digits_mlp.trenza, written as a program.

Only the import of the engine tells it from one for TensorFlow; the digits come from scikit-learn.
"""

from sklearn.datasets import load_digits

import engine as tf

tf.keras.utils.set_random_seed(1)

digits = load_digits()
x, y = digits.images.astype("float32") / 16, digits.target

model = tf.keras.Sequential(
    [
        tf.keras.Input(shape=(8, 8)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.summary()
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2)
