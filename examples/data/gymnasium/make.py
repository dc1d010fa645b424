#!/usr/bin/env python3
"""Writes steps that gymnasium's environments took: states, actions, next states, rewards, ends.

    python make.py

needs numpy and gymnasium (1.4). Actions are random, or push where it goes; states are the environments' own, in f64.
"""

from pathlib import Path

import gymnasium
import numpy as np

HERE = Path(__file__).parent
STEPS = 500


def steps(name, folder):
    environment = gymnasium.make(name).unwrapped
    random = np.random.default_rng(0)
    environment.reset(seed=0)
    rows = []
    time = 0
    for _ in range(STEPS):
        state = np.array(environment.state, np.float64)
        if environment.action_space.shape == ():
            action = random.integers(environment.action_space.n)
            # Pushing where it goes swings the car and the links up.
            if name != "CartPole-v1" and random.random() < 0.9:
                action = 2 if state[-1] > 0 else 0
        else:
            action = random.uniform(-2.5, 2.5)
        _, reward, done, _, _ = environment.step(
            action if environment.action_space.shape == () else np.array([action]))
        rows.append((state, action, np.array(environment.state, np.float64), reward, done))
        time += 1
        if done or time == 400:
            environment.reset()
            time = 0
    (HERE / folder).mkdir(exist_ok=True)
    for field, values in zip(["state", "action", "next", "reward", "done"], zip(*rows)):
        values = np.array(values)
        if values.dtype == np.int64:
            values = values.astype(np.int32)
        if field == "done":
            values = values.astype(np.int32)
        np.save(HERE / folder / f"{field}.npy", values)
    print(folder, sum(row[4] for row in rows), "ends")


def tables():
    """The tables of FrozenLake: the probability of each next state, and the mean reward."""
    for size in ["4x4", "8x8"]:
        environment = gymnasium.make("FrozenLake-v1", map_name=size).unwrapped
        states = environment.observation_space.n
        probability = np.zeros((states, 4, states))
        reward = np.zeros((states, 4))
        for state in range(states):
            for action in range(4):
                for p, after, r, _ in environment.P[state][action]:
                    probability[state, action, after] += p
                    reward[state, action] += p * r
        (HERE / "frozenlake").mkdir(exist_ok=True)
        np.save(HERE / "frozenlake" / f"probability-{size}.npy", probability.astype(np.float32))
        np.save(HERE / "frozenlake" / f"reward-{size}.npy", reward.astype(np.float32))


steps("CartPole-v1", "cartpole")
steps("Acrobot-v1", "acrobot")
steps("MountainCar-v0", "mountaincar")
steps("Pendulum-v1", "pendulum")
tables()
