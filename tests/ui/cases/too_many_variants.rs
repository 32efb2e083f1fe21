plg::stack! {
    feature_flag DarkMode {
        key: "dark-mode",
        variants: { v0: 20%, v1: 4%, v2: 4%, v3: 4%, v4: 4%, v5: 4%, v6: 4%, v7: 4%, v8: 4%, v9: 4%, v10: 4%, v11: 4%, v12: 4%, v13: 4%, v14: 4%, v15: 4%, v16: 4%, v17: 4%, v18: 4%, v19: 4%, v20: 4% },
    }
}

fn main() {}
